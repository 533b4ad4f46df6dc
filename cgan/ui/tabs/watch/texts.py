"""The texts of the tab "Watch it learn"."""

TEXTS: dict[str, tuple[str, str]] = {
    "tab_watch": ("Watch it learn", "看它学习"),
    "hint_watch": (
        "The same z from the first step to the last. Look what comes first: shape, class, or detail?",
        "同样的 z，从第一步到最后一步。看看最先出现的是什么：轮廓、类别还是细节？",
    ),
    "watch_compare": ("Compared with", "对比"),
    "watch_position": ("Training images seen", "已看过的训练图片"),
    "watch_seen": ("{count} images seen", "已看过 {count} 张图片"),
    "watch_moment": ("{name} after {step} of {last} steps", "{name}：第 {step} 步，共 {last} 步"),
    "watch_pictures": (
        "{name} after {step} steps: {rows} z of each class",
        "{name}，第 {step} 步：每个类别各 {rows} 个 z",
    ),
    "watch_none": ("No run here has a timeline yet.", "这里还没有带时间线的训练。"),
    "watch_no_timeline": ("{name} has no timeline.", "{name} 没有时间线。"),
    "watch_losses": ("Losses of {name}", "{name} 的损失"),
    "watch_loss_g": ("generator", "生成器"),
    "watch_loss_d": ("discriminator", "判别器"),
    "watch_named_right": (
        "Named right by the judge, of {count} pictures a class",
        "评判网络认对的比例（每类 {count} 张图）",
    ),
    "watch_kid": (
        "Distance to real images (KID), of {count} pictures a class: lower is better",
        "与真实图片的距离（KID，每类 {count} 张图）：越低越好",
    ),
    "watch_no_quality": (
        "Not measured yet: python -m cgan.timeline --checkpoint {name}{own}",
        "尚未测量：python -m cgan.timeline --checkpoint {name}{own}",
    ),
    "watch_other_judge": (
        "{name} has other classes, so another judge: its measures cannot be compared.",
        "{name} 的类别不同，评判网络也不同，因此指标无法比较。",
    ),
}
