"""The texts of the tab "Interpolate"."""

TEXTS: dict[str, tuple[str, str]] = {
    "tab_interpolate": ("Interpolate", "插值"),
    "hint_interpolate": (
        "Walk from one picture to another: in between lie pictures that nobody has ever taken.",
        "从一张图片走到另一张：途中的图片从未有人拍摄过。",
    ),
    "from_class": ("From: class", "起点：类别"),
    "from_seed": ("From: seed", "起点：种子"),
    "path": ("Path of z", "z 的路径"),
    "path_info": (
        "Slerp keeps to the sphere where the noise lies; lerp cuts straight through it.",
        "slerp 沿噪声所在的球面走，lerp 直线穿过球内。",
    ),
    "frames": ("Frames", "帧数"),
    "frame": ("{name}: frame {frame} of {frames}", "{name}：第 {frame} 帧，共 {frames} 帧"),
    "on_the_way": ("{name}: {percent} % of the way", "{name}：全程 {percent}%"),
    "from_to": ("{from} to {to}", "{from}到{to}"),
    "loop": ("Loop", "循环"),
    "format_strip": ("PNG strip", "PNG 长图"),
    "format_strip_small": ("PNG strip, 1 pixel each", "PNG 长图（原始像素）"),
    "format_gif": ("GIF", "GIF"),
    "format_webp": ("WebP", "WebP"),
}
