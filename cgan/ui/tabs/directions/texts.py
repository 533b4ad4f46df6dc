"""The texts of the tab "Directions"."""

TEXTS: dict[str, tuple[str, str]] = {
    "format_moved": ("PNG, before and after", "移动前后 PNG"),
    "format_sheet": ("PNG of the sheet", "整张表 PNG"),
    "tab_directions": ("Directions", "方向"),
    "hint_directions": (
        "Move one slider and look what changes in the picture, and what stays.",
        "拖动一个滑块，看看图片里什么在变、什么不变。",
    ),
    "scope": ("Directions found in", "方向取自"),
    "scope_class": ("this class", "该类别"),
    "scope_all": ("all classes", "全部类别"),
    "direction_strip": ("{name}, from −3 σ to 3 σ", "{name}，从 −3 σ 到 3 σ"),
    "direction_evidence": ("Where the names come from", "这些名称从何而来"),
    "direction_evidence_info": (
        "Principal components of what the generator's first layer makes of many z (GANSpace). Pictures along each were "
        "measured: a name needs a correlation of at least 0.7 and a change, from −2 σ to 2 σ, of at least one standard "
        "deviation over seeds. A direction without a clear effect keeps a number, and beside it what it changes most.",
        "对大量 z 在生成器第一层的输出做主成分分析（GANSpace），再沿每个方向画图并测量：相关系数至少 0.7，且从 −2 σ "
        "到 2 σ 的变化至少为各种子间的一个标准差，才有名称；效果不明确的保留编号，并注明平均而言变化最大的量。",
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
    "sheet_found": ("Ten classes, the found z and its neighbours", "十个类别，找到的 z 及其邻近点"),
    "sheet_chosen_found": (
        "{class} with {seed}, which as {other} looks like the second picture",
        "{class}，配上{seed}；它画成{other}就是第二张图",
    ),
    "sheet_cells": ("Choose a cell: arrow keys", "选择一格：方向键"),
    "sheet_class": ("The class from this", "类别取自它"),
    "sheet_z": ("the z from this", "z 取自它"),
    "sheet_both": ("give this", "得到它"),
    "sheet_chosen": (
        "{class} with the z of seed {seed}, which as {other} looks like the second picture",
        "{class}，配上种子 {seed} 的 z；同一个 z 画成{other}就是第二张图",
    ),
}
