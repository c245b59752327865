"""An index made small and exact again, and the rule by which that is due."""

from __future__ import annotations

from semrec.data.kept import Kept
from semrec.fit import Embedded, fit
from semrec.index.folder import Folder
from semrec.life.rows import only_live
from semrec.shop import Shop

MOST_CHANGED = 0.1
"""From this share of changed items on, the deltas are merged into the base by themselves."""
MOST_DELTAS = 20
"""More deltas than this are folded into one."""


def compacted(shop: Shop) -> Shop:
    """The shop as a fresh build of its tables would be, deleted rows gone for good.

    Everything but the vectors is fitted again: words, lengths of texts, neighbours, popularity,
    bundles. The vectors are kept, and with them the centre of the first build's teacher.

    Args:
        shop: with or without changes since its build.
    """
    items, rows = only_live(shop.catalog)
    events, reviews = shop.events.of(items.items), shop.reviews.of(items.items)
    if events is not None:
        events = events.drop_duplicates(ignore_index=True)
    dense = shop.dense.only(rows).merged()
    embedded = Embedded(dense, shop.encoder, shop.student, shop.centre, shop.choice)
    return fit(shop.config, items, embedded, Kept(events), Kept(reviews), shop.words.own)


def due(shop: Shop, folder: Folder | None) -> bool:
    """Whether so much has changed that compaction pays.

    That is where a tenth of the items changed since the base was written, and before, in a large
    shop, where the vectors that wait to be added to the lists make searches slow.

    Args:
        shop: as it is now.
        folder: where it is kept; None if it is in memory alone.
    """
    if shop.dense.merge_due:
        return True
    if folder is None:
        return False
    changed = sum(
        delta.manifest["counts"]["items"] + delta.manifest["counts"]["deleted"]
        for delta in folder.deltas
    )
    return bool(changed > MOST_CHANGED * int(folder.manifest["counts"]["items"]))
