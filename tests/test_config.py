from pathlib import Path

import pytest

from semrec.config import Config
from semrec.errors import ConfigError, FileMissing


def test_a_table_changes_only_what_it_names() -> None:
    config = Config.from_dict(
        {"events": {"weights": {"加购": 3.0}}, "blend": {"search": {"lexical": 2.0}}}
    )
    assert config.events.weights["加购"] == 3.0
    assert config.events.weights["buy"] == Config().events.weights["buy"]
    assert config.blend.search == {**Config().blend.search, "lexical": 2.0}
    assert config.blend.recommend == Config().blend.recommend


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"blend": {"search": {"lexcial": 1.0}}}, "unknown name 'lexcial'; legal: lexical"),
        ({"blend": {"similar": dict.fromkeys(("dense", "lexical", "together"), 0)}}, "all weights"),
        ({"lexical": {"fields": {"titel": 1.0}}}, "legal: title"),
        ({"embed": {"modle": "x"}}, "'embed.modle' = 'x': no such setting; legal: model"),
        ({"foo": 1}, "legal: columns, events"),
        ({"collab": {"neighbours": 0}}, "'collab.neighbours' = 0"),
        ({"events": {"weights": {"buy": -1}}}, "'events.weights.buy' = -1"),
        ({"events": {"weights": 3}}, "'events.weights' = 3"),
    ],
)
def test_a_wrong_setting_is_named_with_what_is_legal(values: dict[str, object], said: str) -> None:
    with pytest.raises(ConfigError) as raised:
        Config.from_dict(values)
    assert said in str(raised.value)
    assert "\n" not in str(raised.value)


def test_toml(tmp_path: Path) -> None:
    path = tmp_path / "shop.toml"
    path.write_text('[columns.catalog]\ntitle = "商品名称"\n', encoding="utf-8")
    assert Config.from_toml(path).columns.catalog == {"title": "商品名称"}
    path.write_text("[columns", encoding="utf-8")
    with pytest.raises(ConfigError, match="no valid TOML"):
        Config.from_toml(path)
    with pytest.raises(FileMissing):
        Config.from_toml(tmp_path / "none.toml")


def test_every_setting_has_a_description() -> None:
    def check(section: type, path: str) -> None:
        for name, field in section.model_fields.items():  # type: ignore[attr-defined]
            if isinstance(field.annotation, type) and hasattr(field.annotation, "model_fields"):
                check(field.annotation, f"{path}{name}.")
            else:
                assert field.description, f"{path}{name} has no description"

    check(Config, "")
