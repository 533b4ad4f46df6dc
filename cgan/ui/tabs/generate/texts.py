"""The texts of the tab "Generate"."""

TEXTS: dict[str, tuple[str, str]] = {
    "seed_info": ("The same seed is the same picture, everywhere and always.", "同一个种子永远得到同一张图。"),
    "truncation": ("Truncation", "截断"),
    "truncation_info": (
        "Lower: closer to the average garment. 1: everything the generator knows.",
        "越低越接近平均的样子；1 表示完整的变化范围。",
    ),
    "count": ("How many", "数量"),
    "tab_generate": ("Generate", "生成"),
    "hint_generate": (
        "Drag the seed and watch what changes within one class; below, what stays the same from class to class.",
        "拖动种子，看同一类别中什么在变；再看下方，同一个种子在不同类别之间什么不变。",
    ),
    "all_classes": ("Seed {first} in all ten classes", "种子 {first} 在全部十个类别中的图片"),
    "all_classes_found": ("The found z in all ten classes", "找到的 z 在全部十个类别中的图片"),
    "steps": ("{steps} training steps", "训练 {steps} 步"),
    "format_png_small": ("PNG, 1 pixel each", "PNG（原始像素）"),
}
