"""A profile in Chinese."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from semrec.behaviour.profile import PriceBand, Profile, Rhythm

_TYPES = {
    "view": "浏览",
    "click": "点击",
    "fav": "收藏",
    "cart": "加购",
    "buy": "购买",
    "rating": "评分",
}
_PARTS = ((5, "凌晨"), (8, "清晨"), (12, "上午"), (14, "中午"), (18, "下午"), (23, "晚上"))
_LISTED = 5
_TITLE = 20
_OFTEN_WEEKEND = 0.4
"""Two days of seven are .29; from this share on the weekend is worth a word."""


def lines(profile: Profile) -> list[str]:
    """One fact a line; a single line for a user without events."""
    if profile.rhythm is None:
        return [f"用户 {profile.user_id}：没有行为记录。"]
    counts = "、".join(f"{_TYPES.get(name, name)} {n}" for name, n in profile.events.items())
    span = f"{_day(profile.first, profile)} 至 {_day(profile.last, profile)}"
    found = [f"用户 {profile.user_id}：{span}，{counts}"]
    if profile.categories:
        found.append(f"偏好类目：{_shares(profile.categories)}")
    if profile.brands:
        found.append(f"偏好品牌：{_shares(profile.brands)}")
    if profile.price is not None:
        found.append(_price(profile.price))
    return [*found, *_rhythm(profile.rhythm), *_cycles(profile)]


def _shares(shares: Mapping[str, float]) -> str:
    return "、".join(f"{name} {share:.0%}" for name, share in shares.items())


def _price(price: PriceBand) -> str:
    return (
        f"价格带：多在 {price.low:g}–{price.high:g} 元，常见 {price.usual:g} 元；"
        f"在同类商品中属{price.tier}（高于 {price.place:.0%} 的同类）"
    )


def _rhythm(rhythm: Rhythm) -> list[str]:
    first, last = rhythm.peak
    weekend = f"，周末占 {rhythm.weekend:.0%}" if rhythm.weekend >= _OFTEN_WEEKEND else ""
    hours = f"活跃时段：{_part(first)} {first} 点至{_part(last)} {last} 点{weekend}"
    if first == last:
        hours = f"活跃时段：{_part(first)} {first} 点前后{weekend}"
    visits = f"节奏：来访 {rhythm.sessions} 次"
    if rhythm.sessions > 1:
        visits += f"，约每 {rhythm.days_between:.1f} 天一次"
    visits += f"，每次 {rhythm.events_per_session:.1f} 个动作"
    visits += f"，{rhythm.buying_sessions:.0%} 的来访有购买"
    return [hours, visits]


def _cycles(profile: Profile) -> list[str]:
    found = []
    for item, cycle in list(profile.cycles.items())[:_LISTED]:
        title = profile.titles[item]
        title = title if len(title) <= _TITLE else f"{title[: _TITLE - 1]}…"
        basis = f"买过 {cycle.purchases} 次" if cycle.purchases > 1 else "按同类商品估计"
        found.append(
            f"补货：{title} 约 {cycle.days:.0f} 天一次（{basis}），"
            f"上次 {_day(cycle.last, profile)}，预计 {_day(cycle.due, profile)}"
        )
    return found


def _part(hour: int) -> str:
    return next((name for end, name in _PARTS if hour < end), "深夜")


def _day(seconds: float, profile: Profile) -> str:
    zone = timezone(timedelta(hours=profile.utc_offset_hours))
    return datetime.fromtimestamp(seconds, zone).strftime("%Y-%m-%d")
