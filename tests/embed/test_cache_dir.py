from __future__ import annotations

from pathlib import Path

import platformdirs
import pytest

from semrec.cache import cache_dir


def test_the_environment_names_the_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SEMREC_CACHE", str(tmp_path / "缓存"))
    assert cache_dir() == tmp_path / "缓存"


def test_a_tilde_is_the_home_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEMREC_CACHE", "~/semrec-cache")
    assert cache_dir() == Path.home() / "semrec-cache"


@pytest.mark.parametrize("value", [None, ""])
def test_else_it_is_the_users_cache(monkeypatch: pytest.MonkeyPatch, value: str | None) -> None:
    monkeypatch.delenv("SEMREC_CACHE", raising=False)
    if value is not None:
        monkeypatch.setenv("SEMREC_CACHE", value)
    assert cache_dir() == platformdirs.user_cache_path("semrec")
