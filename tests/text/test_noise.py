from semrec.text.noise import split_noise


def test_longest_phrase_wins_and_words_remain() -> None:
    text, phrases = split_noise("官方旗舰店2023新款连衣裙 正品包邮")
    assert phrases == ["官方旗舰店", "2023新款", "正品", "包邮"]
    assert text.split() == ["连衣裙"]


def test_a_year_or_number_alone_is_no_noise() -> None:
    assert split_noise("2023考研 x2023款 耐克") == ("2023考研 x2023款 耐克", [])
