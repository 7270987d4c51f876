"""Makes the font of printed documents: the glyphs of Noto Serif CJK SC that our documents can hold.

`python deploy/assets/subset_font.py NotoSerifCJK-Regular.ttc words.txt…`; needed only when the font changes.
Every sign of GB 2312 is kept, and every other sign of the word lists given (names of people and places).
"""

import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTCollection

TARGET = Path(__file__).parents[2] / "reports/documents/fonts/NotoSerifCJKsc-Regular-subset.otf"
FACE = "Noto Serif CJK SC"
LATIN = "".join(map(chr, range(0x20, 0x180)))
MARKS = "‐–—―‘’“”†‡•‥…‰′″※€℃№™→←↑↓≈≠≤≥−√∞∑△▲▽▼◆◇○●◎◐◑★☆☑□■✓✔✕✗㎡㎥㎞㎏〇〓〔〕《》「」『』【】·￥％＋－＝"
NAMES = "喆堃珺玥昇晞翀旻镕祎赟犇淼焱垚鑫骉麤翾頔珅玙璟瑀琰琎晟昊旸暘曌炅烜煊燚犟珮珵珩瑄瑾璐璇瓒甯禛禹竑筠箬篪綦芃苒荛莜菀萱葳蓥蕊薇藜衎裬褚逯郜郗鄄鄞钊钰钺铖铭铱锜锴锶镛闫闵阚陟隗雒霂韫頠颉颢馥骁骅骐骥鬯鲲鹍鹜麒黉黧龑龢"


def signs(lists: list[Path]) -> set[int]:
    """The code points to keep."""
    kept = {bytes([row, cell]).decode("gb2312", "ignore") for row in range(0xA1, 0xF8) for cell in range(0xA1, 0xFF)}
    words = "".join(path.read_text(encoding="utf-8") for path in lists)
    kept |= {sign for sign in words if "\u4e00" <= sign <= "\u9fff"}
    return {ord(sign) for sign in "".join(kept) + LATIN + MARKS + NAMES}


def main(source: str, *lists: str) -> None:
    face = next(font for font in TTCollection(source).fonts if font["name"].getDebugName(4) == FACE)
    options = subset.Options(layout_features=[], name_IDs=[0, 1, 2, 3, 4, 5, 6, 13, 14], hinting=False, notdef_outline=True)
    options.drop_tables += ["vhea", "vmtx", "VORG", "GSUB", "GPOS", "GDEF", "BASE"]
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=signs([Path(path) for path in lists]))
    cutter.subset(face)
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    face.save(TARGET)


if __name__ == "__main__":
    main(*sys.argv[1:])
