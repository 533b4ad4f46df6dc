"""The texts of the tab "Mix"."""

TEXTS: dict[str, tuple[str, str]] = {
    "format_mixture": ("PNG of the mixture", "混合图 PNG"),
    "format_blend": ("PNG from the square", "方格中的图片 PNG"),
    "format_blend_map": ("PNG of the whole square", "整个方格 PNG"),
    "tab_mix": ("Mix", "混合"),
    "hint_mix": (
        "Mix classes and look whether something in between comes out, or two pictures at once.",
        "把类别混合起来，看看画出的是介于其间的样子，还是两张图重叠在一起。",
    ),
    "mix_two": ("From one class to the other", "从一个类别到另一个"),
    "mix_all": ("All classes", "全部类别"),
    "mix_none": ("All are at zero, so all count the same.", "所有类别都为零，因此按相同的比重混合。"),
    "blend_title": ("Between four pictures", "四张图片之间"),
    "hint_blend": (
        "Drag through the square, or use the arrow keys, and look where one picture becomes another.",
        "在方格中拖动，或使用方向键，看看一张图片在哪里变成了另一张。",
    ),
    "blend_pad": ("Place in the square between four pictures: arrow keys", "四张图片之间的位置：方向键"),
    "blend_map": ("Forty-nine pictures between those in the corners", "四角图片之间的四十九张图片"),
    "corner_class": ("Corner {corner}: class", "第 {corner} 角：类别"),
    "corner_seed": ("Corner {corner}: seed", "第 {corner} 角：种子"),
    "corner_dice": ("Corner {corner}: random seed", "第 {corner} 角：随机种子"),
}
