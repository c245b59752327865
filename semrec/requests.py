"""Questions for a query and for a person, made ready: who is heard, and with what weight."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from scipy import sparse

from semrec.answer import Request, in_stock, too_few, without
from semrec.errors import InvalidArgument, shorten
from semrec.legs import Using, legs
from semrec.newcomer import newcomer
from semrec.rank import sources
from semrec.rank.blend import Weight
from semrec.rank.bundle import Bundle
from semrec.rank.context import Context
from semrec.rank.intent_boost import Plan
from semrec.rank.personal import exactness
from semrec.rank.rules import WeightedMean
from semrec.shop import Shop
from semrec.state import State
from semrec.text.normalise import normalise
from semrec.text.reviews.wishes import aspect_wishes
from semrec.types import Mask

_MAX_QUERY = 512
"""Characters of a query that are read; nobody types more, but anybody can paste a page."""


def search_request(
    state: State,
    query: str,
    user: str | None,
    allowed: Mask | None,
    using: Using,
    understand: bool,
    context: Context,
    rerank: str | None = None,
) -> Request | None:
    """A search made ready; None for a query without a letter. See ``Questions.search``.

    Raises:
        InvalidArgument: ``using`` is unknown.
    """
    heard = legs(using, state.shop.choice.sides)
    text = normalise(query)
    if not any(map(str.isalnum, text)):
        return None
    notes = [] if len(text) <= _MAX_QUERY else [f"搜索词过长，只用了前 {_MAX_QUERY} 个字。"]
    text = text[:_MAX_QUERY]
    history = state.shop.history_of(user)
    session = state.session(user, context) if heard.everything else None
    understood = understand and heard.everything
    plan = state.tools.plan(text, allowed) if understood else Plan(text, allowed)
    wishes = aspect_wishes(text) if understood else []
    voices = [
        *state.search_voices(plan.wordings, history, session, heard),
        *plan.voices,
        *state.extra_voices(wishes, context, finds=False),
    ]
    branded = any(voice.name == "brand" for voice in plan.voices)
    exact = exactness(text, branded=branded)
    weights = state.search_weights(exact, history)
    alone = WeightedMean({voices[0].name: 1.0})
    return Request(
        voices=voices,
        rule=state.rule(weights, exact, history) if len(voices) > 1 else alone,
        allowed=plan.allowed,
        question=f"搜索：{shorten(query, 40)[1:-1]}",
        wanted=plan.text,
        notes=[*notes, *plan.notes],
        phrases=state.answerer.phrases.for_search(
            state.segmenter.words(" ".join(plan.wordings)), history, wishes, session
        ),
        fallback="与搜索词语义相近",
        history=history,
        session=session,
        reread=state.reread(plan.text, rerank, weights) if heard.everything else None,
    )


def person_request(
    state: State,
    user: str | None,
    allowed: Mask | None,
    exclude_seen: bool,
    context: Context,
    basket: Sequence[int] = (),
) -> Request:
    """A recommendation made ready; see ``Questions.recommend``.

    Args:
        basket: rows of items that the person deals with right now.
    """
    shop = state.shop
    allowed = in_stock(allowed, shop)
    history = with_items(shop, shop.history_of(user), basket, "cart")
    if context.session is not None:
        history = with_items(shop, history, basket_rows(shop, context.session), "view")
    notes = []
    weights: Mapping[str, Weight]
    phrases = state.answerer.phrases.for_person(history)
    if history is None:
        came = newcomer(state, context)
        voices, weights, phrases = came.voices, came.weights, {**phrases, **came.phrases}
        if user is not None:
            notes.append(f"没有该用户的行为记录，按{came.by}推荐。")
    else:
        voices = [
            sources.popularity(shop, finds=True),
            sources.user(shop, history, finds=True),
            sources.taste(shop, history),
        ]
        weights = sources.gated(shop, history.nnz, shop.config.blend.recommend)
        if exclude_seen:
            allowed = without(allowed, history.indices, len(shop.catalog))
    asked = f"推荐给 {user}" if user is not None else "热门推荐" if history is None else "推荐"
    return Request(
        voices=[*voices, *state.extra_voices((), context, finds=True)],
        rule=WeightedMean(weights),
        allowed=allowed,
        question=f"{asked}（购物车 {len(basket)} 件）" if basket else asked,
        notes=notes,
        phrases=phrases,
        fallback="近期热门",
        history=history,
        lifts=None if history is None else shop.lifts,
    )


def with_items(
    shop: Shop, history: sparse.csr_matrix | None, rows: Sequence[int], event: str
) -> sparse.csr_matrix | None:
    """A history, shape ``(1, items)``, with an event of that type for each of some items now."""
    if not rows:
        return history
    weight = shop.config.events.weights[event] or 1.0
    pairs = (np.full(len(rows), weight), (np.zeros(len(rows), dtype=np.int64), list(rows)))
    added = sparse.csr_matrix(pairs, shape=(1, len(shop.catalog)), dtype=np.float32)
    return added if history is None else sparse.csr_matrix(history + added)


def basket_rows(shop: Shop, items: Sequence[str]) -> list[int]:
    """The rows of some items, each once, in their order.

    Raises:
        UnknownItem: there is no such item.
        InvalidArgument: they are one string instead of several, or nothing that holds any.
    """
    if isinstance(items, str | bytes) or not isinstance(items, Iterable):
        raise InvalidArgument(f"basket = {shorten(items)}; legal: a list of item ids")
    return list(dict.fromkeys(shop.catalog.items.row(item) for item in items))


def bundle_notes(found: Bundle, k: int, budget: float | None, *, filtered: bool) -> tuple[str, ...]:
    """What the user should know of a bundle, in Chinese: how few there are, and what all cost."""
    limit = "" if budget is None else f"（预算 {budget:g} 元）"
    notes = too_few(len(found.hits), k, filtered=filtered or budget is not None)
    if not len(found.hits):
        over = budget is not None and found.own >= budget
        notes = [
            f"所选商品已要 {found.own:.2f} 元{limit}，没有余额可搭配。"
            if over
            else "没有该商品的共同购买记录。"
            if budget is None
            else "预算内没有可搭配的商品。"
        ]
    elif not np.isnan(found.total):
        notes.append(f"连同所选商品合计 {found.total:.2f} 元{limit}。")
    elif budget is not None:
        notes.append(f"所选商品有的没有价格，未计入预算{limit}。")
    return tuple(notes)
