"""Draw a small data set from the fonts of this machine: letters, digits and Chinese characters, a folder for each.

python docs/make_characters.py characters          then: python train.py --data characters --arch conv --out DIR

Every picture is black on white, 64x64, in a font, size, slope and angle of its own. Fonts in the folder `test` occur in
no picture of `train`. On Debian, `apt-get install fonts-noto-cjk fonts-lato fonts-urw-base35 ...` brings fonts.
"""

import argparse
import random
import subprocess
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

CHARACTERS = "ABGR2358永花水火"
PICTURES = {"train": 720, "test": 120}  # of each character
_SIDE, _DRAWN = 64, 256  # pixels; drawn large, so that turning costs no sharpness
_EACH_TEST_FONT = 7  # each seventh family is for tests
_NO_LETTERS = ("ornement", "symbol", "math", "dingbat", "emoji", "icon", "d050000l")  # in names of families


def fonts_with(character: str) -> list[tuple[str, str, int]]:
    """Family, file and face of every font that has the character and the rest of its script, in a fixed order."""
    script = [other for other in CHARACTERS if (other > "一") == (character > "一")]
    charset = " ".join(f"{ord(other):x}" for other in script)
    command = ["fc-list", f":charset={charset}", "--format", "%{family[0]}\t%{file}\t%{index}\t%{variable}\n"]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    faces = {
        (family, file, int(index))
        for family, file, index, variable in (line.split("\t") for line in lines)
        if variable != "True" and int(index) < 2**16 and not any(word in family.lower() for word in _NO_LETTERS)
    }
    return sorted(faces)


def draw(character: str, file: str, face: int, chance: random.Random) -> Image.Image:
    """The character in the middle of a white square, turned and slanted a little."""
    font = ImageFont.truetype(file, 160, face)
    left, top, right, bottom = font.getbbox(character)
    stroke = chance.choice([0, 0, 0, 2, 4])
    glyph = Image.new("L", (right - left + 2 * stroke, bottom - top + 2 * stroke), 0)
    ImageDraw.Draw(glyph).text((stroke - left, stroke - top), character, 255, font, stroke_width=stroke)
    high = chance.uniform(0.62, 0.8) * _DRAWN
    wide = min(0.85 * _DRAWN, glyph.width * high / glyph.height * chance.uniform(0.85, 1.15))
    glyph = glyph.resize((max(1, round(wide)), round(high)), Image.Resampling.LANCZOS)
    sheet = Image.new("L", (_DRAWN, _DRAWN), 0)
    middle = [(_DRAWN - length) / 2 + chance.uniform(-0.03, 0.03) * _DRAWN for length in glyph.size]
    sheet.paste(glyph, (round(middle[0]), round(middle[1])))
    slope = chance.gauss(0, 0.08)
    slanted = sheet.transform(
        sheet.size, Image.Transform.AFFINE, (1, slope, -slope * _DRAWN / 2, 0, 1, 0), Image.Resampling.BICUBIC
    )
    turned = slanted.rotate(chance.gauss(0, 4), Image.Resampling.BICUBIC)
    return Image.eval(turned.resize((_SIDE, _SIDE), Image.Resampling.LANCZOS), lambda level: 255 - level)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path, metavar="OUT", help="a new folder")
    out = parser.parse_args().out
    for character in CHARACTERS:
        faces = fonts_with(character)
        families = sorted({family for family, _, _ in faces})
        testing = {*families[_EACH_TEST_FONT - 1 :: _EACH_TEST_FONT]}
        chance = random.Random(f"{character}")
        for split, count in PICTURES.items():
            of_split = [face for face in faces if (face[0] in testing) == (split == "test")]
            folder = out / split / character
            folder.mkdir(parents=True)
            for number in range(count):
                _, file, face = of_split[number % len(of_split)]
                draw(character, file, face, chance).save(folder / f"{number:04d}.png")
        print(f"{character}: {len(faces)} fonts, {len(testing)} of {len(families)} families for tests")


if __name__ == "__main__":
    main()
