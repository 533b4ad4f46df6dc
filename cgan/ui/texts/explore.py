"""The tabs Mix, Directions and Watch it learn."""

TEXTS: dict[str, tuple[str, str]] = {
    # The tab "Mix".
    "tab_mix": ("Mix", "混合"),
    "hint_mix": (
        "Mix classes and look whether a garment in between comes out, or two garments at once.",
        "把类别混合起来，看看画出的是介于其间的服装，还是两件重叠在一起。",
    ),
    "mix_two": ("From one class to the other", "从一个类别到另一个"),
    "mix_all_ten": ("All ten classes", "全部十个类别"),
    "mix_none": ("All ten are at zero, so all count the same.", "十个类别都为零，因此按相同的比重混合。"),
    "blend_title": ("Between four garments", "四件服装之间"),
    "hint_blend": (
        "Drag through the square, or use the arrow keys, and look where one garment becomes another.",
        "在方格中拖动，或使用方向键，看看一件服装在哪里变成了另一件。",
    ),
    "blend_pad": ("Place in the square between four garments: arrow keys", "四件服装之间的位置：方向键"),
    "blend_map": ("Forty-nine pictures between the garments in the corners", "四角服装之间的四十九张图片"),
    "corner_class": ("Corner {corner}: class", "第 {corner} 角：类别"),
    "corner_seed": ("Corner {corner}: seed", "第 {corner} 角：种子"),
    "corner_dice": ("Corner {corner}: random seed", "第 {corner} 角：随机种子"),
    # The tab "Directions".
    "tab_directions": ("Directions", "方向"),
    "hint_directions": (
        "Move one slider and look what changes in the picture, and what stays.",
        "拖动一个滑块，看看图片里什么在变、什么不变。",
    ),
    "scope": ("Directions found in", "方向取自"),
    "scope_class": ("this class", "该类别"),
    "scope_all": ("all classes", "全部类别"),
    "direction_brightness": ("Brightness", "亮度"),
    "direction_width": ("Width", "宽度"),
    "direction_height": ("Height", "高度"),
    "direction_texture": ("Texture", "纹理"),
    "direction_sleeves": ("Sleeve length", "袖长"),
    "direction_legs": ("Legs apart", "裤腿分开"),
    "direction_top": ("Top-heavy", "上半部更重"),
    "direction_left": ("Left-heavy", "左半部更重"),
    "direction_unnamed": ("Direction {number}", "方向 {number}"),
    "direction_strip": ("{name}, from −3 σ to 3 σ", "{name}，从 −3 σ 到 3 σ"),
    "direction_start": ("not moved yet", "尚未移动"),
    "direction_reset": ("All back to 0", "全部归零"),
    "direction_evidence": ("Where the names come from", "这些名称从何而来"),
    "direction_evidence_info": (
        "Principal components of what the generator's first layer makes of many z (GANSpace). Pictures along each were "
        "measured: a name needs a correlation of at least 0.7 and a change, from −2 σ to 2 σ, of at least one standard "
        "deviation over seeds. What has no clear effect keeps a number.",
        "对大量 z 在生成器第一层的输出做主成分分析（GANSpace），再沿每个方向画图并测量：相关系数至少 0.7，且从 −2 σ "
        "到 2 σ 的变化至少为各种子间的一个标准差，才有名称；效果不明确的只有编号。",
    ),
    "direction_column": ("Direction", "方向"),
    "direction_share": ("Variance", "方差占比"),
    "direction_measured": ("Changes most", "变化最大的量"),
    "direction_correlation": ("Correlation", "相关系数"),
    "direction_change": ("Change (SD)", "变化（标准差）"),
    "no_directions": (
        "No directions have been found for these weights yet: python -m cgan.directions --checkpoint {checkpoint}",
        "尚未为这组权重找出方向：python -m cgan.directions --checkpoint {checkpoint}",
    ),
    "sheet_title": ("Style mixing", "风格混合"),
    "hint_sheet": (
        "Every row is a class, every column a seed. Choose a cell and look what it has from its row and what from its "
        "column.",
        "每行是一个类别，每列是一个种子。选一格，看看它从所在的行继承了什么，又从所在的列继承了什么。",
    ),
    "sheet": ("Ten classes, seeds {first} to {last}", "十个类别，种子 {first} 至 {last}"),
    "sheet_cells": ("Choose a cell: arrow keys", "选择一格：方向键"),
    "sheet_class": ("The class from this", "类别取自它"),
    "sheet_z": ("the z from this", "z 取自它"),
    "sheet_both": ("give this", "得到它"),
    "sheet_chosen": (
        "{class} with the z of seed {seed}, which as {other} looks like the second picture",
        "{class}，配上种子 {seed} 的 z；同一个 z 画成{other}就是第二张图",
    ),
    # The tab "Watch it learn".
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
        "{name} after {step} steps: ten classes, four z each",
        "{name}，第 {step} 步：十个类别，各四个 z",
    ),
    "watch_none": ("No run here has a timeline yet.", "这里还没有带时间线的训练。"),
    "watch_no_timeline": ("{name} has no timeline.", "{name} 没有时间线。"),
    "watch_losses": ("Losses of {name}", "{name} 的损失"),
    "watch_loss_g": ("generator", "生成器"),
    "watch_loss_d": ("discriminator", "判别器"),
    "watch_named_right": ("Named right by the judge, of these 40 pictures", "评判网络认对的比例（这 40 张图）"),
    "watch_kid": (
        "Distance to real images (KID), of these 40 pictures: lower is better",
        "与真实图片的距离（KID，这 40 张图）：越低越好",
    ),
    "watch_no_quality": (
        "Not measured yet: python -m cgan.timeline --checkpoint {name}",
        "尚未测量：python -m cgan.timeline --checkpoint {name}",
    ),
    "watch_no_charts": (
        "No charts: uPlot could not be fetched. The numbers are those of the moment shown.",
        "无法获取 uPlot，因此没有图表；数字对应当前显示的时刻。",
    ),
}
