import semrec


def test_understand_knows_the_shop(engine: semrec.Engine) -> None:
    intent = engine.understand("50元以内的雪见草猫粮 不要小号")
    assert intent.price == (None, 50.0)
    assert intent.brand == "雪见草"
    assert next(iter(intent.category)) == "宠物"
    assert any("小" in word for word in intent.exclude)
    assert engine.understand("").text == ""


def test_classify_ranks_the_given_names(engine: semrec.Engine) -> None:
    ranked = engine.classify("猫粮", ["帐篷", "猫粮狗粮", "耳机"])
    assert ranked[0][0] == "猫粮狗粮"
    assert abs(sum(share for _, share in ranked) - 1) < 1e-6


def test_suggest_completes(engine: semrec.Engine) -> None:
    assert any("雪见草" in each.text for each in engine.suggest("雪见"))
    assert engine.suggest("") == []
