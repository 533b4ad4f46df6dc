"""Every text a user sees, in English and Simplified Chinese. The page takes the browser's language."""

import gradio as gr

from cgan.data import CLASS_NAMES, CLASS_NAMES_ZH

TEXTS: dict[str, tuple[str, str]] = {
    "title": ("What a conditional GAN has learned", "条件 GAN 学到了什么"),
    "intro": (
        "A generator that has seen 60,000 pictures of clothes draws new ones. You choose the garment, the seed does "
        "the rest.",
        "生成器看过六万张服装图片，然后自己画出新的。你选服装，其余交给随机种子。",
    ),
    "checkpoint": ("Checkpoint", "检查点"),
    "checkpoint_info": (
        "A trained generator. Your own runs appear here too, also while they train.",
        "训练好的生成器。你自己训练的模型也会出现在这里，训练途中即可查看。",
    ),
    "class": ("Class", "类别"),
    "seed": ("Seed", "种子"),
    "seed_info": ("The same seed is the same picture, everywhere and always.", "同一个种子永远得到同一张图。"),
    "dice": ("⚄ Random seed", "⚄ 随机种子"),
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
    "tab_interpolate": ("Interpolate", "插值"),
    "hint_interpolate": (
        "Walk from one garment to another: in between lie garments that nobody has photographed.",
        "从一件服装走到另一件：途中的服装从未有人拍摄过。",
    ),
    "from_class": ("From: class", "起点：类别"),
    "from_seed": ("From: seed", "起点：种子"),
    "to_class": ("To: class", "终点：类别"),
    "to_seed": ("To: seed", "终点：种子"),
    "path": ("Path of z", "z 的路径"),
    "path_info": (
        "Slerp keeps to the sphere where the noise lies; lerp cuts straight through it.",
        "slerp 沿噪声所在的球面走，lerp 直线穿过球内。",
    ),
    "frames": ("Frames", "帧数"),
    "position": ("Position", "位置"),
    # Texts of the page's own scripts; {names} are filled in there.
    "picture": ("Generated: {what}", "生成的图片：{what}"),
    "what_one": ("{name}, seed {first}", "{name}，种子 {first}"),
    "what_many": ("{name}, seeds {first} to {last}", "{name}，种子 {first} 至 {last}"),
    "all_classes": ("Seed {first} in all ten classes", "种子 {first} 在全部十个类别中的图片"),
    "frame": ("{name}: frame {frame} of {frames}", "{name}：第 {frame} 帧，共 {frames} 帧"),
    "way": ("{name}: {percent} % of the way", "{name}：全程 {percent}%"),
    "strip": ("All {frames} frames of the walk", "全部 {frames} 帧"),
    "from_to": ("{from} to {to}", "{from}到{to}"),
    "steps": ("{steps} training steps", "训练 {steps} 步"),
    "play": ("▶ Play", "▶ 播放"),
    "pause": ("⏸ Pause", "⏸ 暂停"),
    "speed": ("Speed", "速度"),
    "loop": ("Loop", "循环"),
    "save_png": ("Download PNG", "下载 PNG"),
    "save_gif": ("Download GIF", "下载 GIF"),
    "save_strip": ("Download PNG strip", "下载 PNG 长图"),
    "drawn_page": ("Drawn in this page", "由本页绘制"),
    "drawn_server": ("Drawn by the server", "由服务器绘制"),
    "milliseconds": ("{count} ms", "{count} 毫秒"),
    "loading": ("Loading the generator …", "正在加载生成器……"),
    "no_webassembly": (
        "This browser cannot draw by itself: it has no WebAssembly.",
        "此浏览器不支持 WebAssembly，无法自行绘制。",
    ),
    "full_app": ("The full app", "完整应用"),
    "full_app_local": ("The full app runs on your own machine:", "完整应用可在自己的电脑上运行："),
    "failed": ("That did not work", "操作未成功"),
}
TEXTS |= {f"class_{index}": names for index, names in enumerate(zip(CLASS_NAMES, CLASS_NAMES_ZH, strict=True))}

_ENGLISH, _CHINESE = ({key: pair[language] for key, pair in TEXTS.items()} for language in (0, 1))

i18n = gr.I18n(**{"en": _ENGLISH, "zh": _CHINESE, "zh-CN": _CHINESE, "zh-TW": _CHINESE})


def for_page() -> dict[str, dict[str, str]]:
    """The whole table as the page's scripts read it."""
    return {"en": _ENGLISH, "zh": _CHINESE}


def class_choices() -> list[tuple[gr.I18n, int]]:
    """Choices of a dropdown of classes: translated name, index."""
    return [(i18n(f"class_{index}"), index) for index in range(len(CLASS_NAMES))]
