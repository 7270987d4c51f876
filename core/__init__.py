"""Nothing of the domain: base rows, bulk paths, working days, amounts, fuzzy dates, pinyin."""
