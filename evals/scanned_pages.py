"""Pages of invented records as a scanner gives them: drawn in several fonts and layouts, then spoilt in a named way.

Each page is drawn from a seed and its number, so that a list of mistakes can be looked at again.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

FONTS = Path("/usr/share/fonts/opentype/noto")
FACES = (
    "NotoSansCJK-Regular.ttc",
    "NotoSerifCJK-Regular.ttc",
    "NotoSansCJK-Bold.ttc",
    "NotoSerifCJK-Bold.ttc",
)
CHINESE = 2  # the face of mainland forms in these collections
DPI, SIZE = 200, (1654, 2339)  # a sheet of A4
SEAL = ("云溪县医院", "病案专用章")
Chance = random.Random
Rows = list[list[str]]


@dataclass(frozen=True)
class ScannedPage:
    """A picture and what is written on it, row by row."""

    number: int
    layout: str
    spoilt: str
    text: str
    picture: Image.Image


def _moments(chance: Chance, count: int) -> list[datetime]:
    at = datetime(
        2024, chance.randint(1, 12), chance.randint(1, 28), chance.randint(0, 23), chance.randint(0, 59)
    )
    found = []
    for _ in range(count):
        found.append(at)
        at += timedelta(minutes=chance.randint(25, 360))
    return found


def vitals(chance: Chance) -> Rows:
    rows = [["体温单（电子体征记录）"], ["日期", "时间", "体温", "脉搏", "呼吸", "血压", "血氧"]]
    for at in _moments(chance, 16):
        pressure = f"{chance.randint(96, 168)}/{chance.randint(52, 98)}"
        rows.append([f"{at:%Y-%m-%d}", f"{at:%H:%M}", f"{chance.uniform(36.1, 39.8):.1f}", str(chance.randint(58, 128)),
                     str(chance.randint(14, 28)), pressure, f"{chance.randint(90, 100)}%"])  # fmt: skip
    return [*rows, ["责任护士签名：方晓岚"]]


DRUGS = (
    "头孢呋辛钠",
    "氯化钠注射液",
    "奥美拉唑",
    "低分子肝素钙",
    "氨溴索注射液",
    "甲硝唑氯化钠",
    "维生素C注射液",
)


TIMES = ("每日1次", "每日2次", "每8小时1次")


def orders(chance: Chance) -> Rows:
    rows = [["长期医嘱单"], ["开始时间", "医嘱内容", "剂量", "频次", "停止时间"]]
    for begun in _moments(chance, 13):
        ended = begun + timedelta(days=chance.randint(1, 6), minutes=chance.randint(0, 500))
        dose = chance.choice(("0.75g", "100ml", "40mg", "4100IU", "1.5g", "250ml", "2ml", "30mg"))
        rows.append([f"{begun:%m-%d %H:%M}", chance.choice(DRUGS), dose, chance.choice(TIMES),
                     f"{ended:%m-%d %H:%M}"])  # fmt: skip
    return [*rows, ["医师签名：秦望舒"]]


def note(chance: Chance) -> Rows:
    first, second, third = _moments(chance, 3)
    temperature = f"{chance.uniform(36.3, 39.6):.1f}"
    lines = [
        "日常病程记录", f"{second:%Y-%m-%d %H:%M}",
        f"患者{chance.choice('男女')}，{chance.randint(19, 88)}岁，因右下腹疼痛{chance.randint(3, 48)}小时于",
        f"{first:%Y年%m月%d日%H时%M分}收入我科。今日查房，诉腹痛减轻，",
        f"体温{temperature}℃，脉搏{chance.randint(62, 118)}次/分，",
        f"血压{chance.randint(98, 160)}/{chance.randint(56, 96)}mmHg，白细胞{chance.uniform(3.8, 18.9):.2f}×10^9/L，",
        f"C反应蛋白{chance.uniform(3, 160):.1f}mg/L，",
        f"血钾{chance.uniform(3.1, 5.4):.2f}mmol/L，肌酐{chance.randint(44, 132)}μmol/L。",
        f"腹部平软，{chance.choice('左右')}下腹压痛，无反跳痛，切口长约{chance.randint(3, 12)}cm，",
        f"引流管引出淡血性液{chance.randint(10, 240)}ml。继续头孢呋辛钠0.75g静脉滴注，",
        f"每{chance.choice((8, 12))}小时1次，已用{chance.randint(1, 7)}天，拟于{third:%m月%d日}复查血常规。",
        "上级医师意见：病情平稳，注意观察体温变化。", f"记录时间：{third:%Y-%m-%d %H:%M}", "医师签名：秦望舒",
    ]  # fmt: skip
    return [[line] for line in lines]


LAYOUTS: tuple[Callable[[Chance], Rows], ...] = (vitals, orders, note)


def drawn(rows: Rows, chance: Chance) -> Image.Image:
    """The rows on a sheet; those of several cells in a ruled table."""
    picture = Image.new("L", SIZE, 255)
    pen = ImageDraw.Draw(picture)
    points = chance.choice((9, 10.5, 12))
    pixels = round(points * DPI / 72)
    font = ImageFont.truetype(str(FONTS / chance.choice(FACES)), pixels, index=CHINESE)
    left, width, y = 150, SIZE[0] - 300, 170
    for row in rows:
        high = round(pixels * 1.9)
        for place, cell in enumerate(row):
            wide = width // len(row)
            x = left + place * wide
            if len(row) > 1:
                pen.rectangle((x, y, x + wide, y + high), outline=40, width=2)
            pen.text((x + 10, y + round(pixels * 0.25)), cell, fill=chance.randint(0, 60), font=font)
        y += high
    return picture


def skew(picture: Image.Image, chance: Chance) -> Image.Image:
    angle = chance.choice((-1, 1)) * chance.uniform(0.8, 3.0)
    return picture.rotate(angle, Image.Resampling.BICUBIC, fillcolor=255)


def blur(picture: Image.Image, chance: Chance) -> Image.Image:
    return picture.filter(ImageFilter.GaussianBlur(chance.uniform(1.4, 2.8)))


def noise(picture: Image.Image, chance: Chance) -> Image.Image:
    """Grain, specks of dust and a grey ground."""
    grain = np.random.default_rng(chance.randrange(2**32))
    points = np.asarray(picture, dtype=np.float32) * 0.85 + 20
    points += grain.normal(0, chance.uniform(18, 42), points.shape)
    points[grain.random(points.shape) < 0.006] = 30
    return Image.fromarray(np.clip(points, 0, 255).astype(np.uint8))


def stamp(picture: Image.Image, chance: Chance) -> Image.Image:
    """Round seals over the text, as the office puts them on copies."""
    page = picture.convert("RGB")
    for _ in range(3):
        seal = Image.new("RGBA", (420, 420), (0, 0, 0, 0))
        pen = ImageDraw.Draw(seal)
        red = (200, 20, 30, chance.randint(150, 215))
        pen.ellipse((8, 8, 412, 412), outline=red, width=12)
        font = ImageFont.truetype(str(FONTS / FACES[2]), 46, index=CHINESE)
        for y, words in zip((130, 230), SEAL, strict=True):
            pen.text((60, y), words, fill=red, font=font)
        seal = seal.rotate(chance.uniform(-30, 30), Image.Resampling.BICUBIC)
        page.paste(seal, (chance.randint(100, SIZE[0] - 520), chance.randint(200, 1300)), seal)
    return page


def coarse(picture: Image.Image, chance: Chance) -> Image.Image:
    """Scanned at a low resolution and with heavy compression of grey."""
    scale = chance.uniform(0.32, 0.45)  # 64 to 90 points to the inch
    small = picture.resize((round(SIZE[0] * scale), round(SIZE[1] * scale)), Image.Resampling.BILINEAR)
    return small.quantize(12).convert("L")


def clean(picture: Image.Image, chance: Chance) -> Image.Image:
    return picture


SPOILT: tuple[Callable[[Image.Image, Chance], Image.Image], ...] = (clean, skew, blur, noise, stamp, coarse)


def scanned_page(number: int, seed: int) -> ScannedPage:
    """The page of a number; layouts and ways of spoiling take turns."""
    chance = random.Random(f"{seed}/{number}")
    layout, spoil = LAYOUTS[number % len(LAYOUTS)], SPOILT[number // len(LAYOUTS) % len(SPOILT)]
    rows = layout(chance)
    picture = spoil(drawn(rows, chance), chance)
    return ScannedPage(
        number, layout.__name__, spoil.__name__, "\n".join("  ".join(row) for row in rows), picture
    )
