"""The texts of the tab "Your picture"."""

TEXTS: dict[str, tuple[str, str]] = {
    "tab_picture": ("Your picture", "你的图片"),
    "hint_picture": (
        "The app searches for the z that redraws your picture. Where they differ is what the generator never learned.",
        "寻找能重画你的图片的 z。画得不像的地方，就是生成器没有学会的东西。",
    ),
    "pick_example": ("Test image", "测试图片"),
    "pick_drawn": ("Draw", "手绘"),
    "pick_upload": ("Upload", "上传"),
    "example_info": (
        "Real clothes that no network here was trained on. Choose one.",
        "真实的服装图片，这里的网络训练时都没有见过。选一张。",
    ),
    "example_of": ("Test image: {name}, {number} of 10", "测试图片：{name}，10 张中的第 {number} 张"),
    "grey": ("Grey", "灰度"),
    "brush": ("Brush", "笔刷"),
    "clear": ("Clear", "清空"),
    "drawn_info": (
        "Bright on black, as in the data set. Each stroke is redrawn at once.",
        "与数据集一样，黑底亮图。每画完一笔就会重新搜索。",
    ),
    "find_class": ("Any: find it", "不限：自动寻找"),
    "find_class_info": (
        "Or ask for one: what would your picture be as another class?",
        "也可以指定：如果你的图片属于另一个类别，会是什么样？",
    ),
    "no_picture": ("Choose a picture first.", "请先选择一张图片。"),
    "picture_blank": ("There is nothing on this picture: it is of one colour.", "图片上没有内容：只有一种颜色。"),
    "searching": ("Searching …", "正在搜索……"),
    "what_it_sees": ("What the network sees", "网络看到的图片"),
    "redrawn": ("Redrawn", "重画的图片"),
    "as_class": ("by the generator, as: {name}", "由生成器画成：{name}"),
    "difference": ("The difference", "差别"),
    "difference_note": ("Grey: none. Bright: redrawn too bright.", "灰色：一致；亮：画得过亮。"),
    "redrawn_verdict": (
        "Redrawn as: {name}. Mean squared error {error}, {times} times smaller than that of the best random start "
        "({first}).",
        "重画为：{name}。均方误差 {error}，是最好的随机起点（{first}）的 1/{times}。",
    ),
    "length_of_z": (
        "Length of z: {length}; random ones are about {usual} long, and {most} is the longest allowed.",
        "z 的长度：{length}；随机的 z 约为 {usual}，允许的最大长度为 {most}。",
    ),
    "link_own": (
        "A link says which test image was redrawn. Your own drawing or file is in no link.",
        "链接会记录所选的测试图片；你自己的手绘或上传的文件不在链接中。",
    ),
    "take_to": ("Go on with this z:", "继续使用这个 z："),
    "take_from": ("Interpolate: from", "插值：起点"),
    "take_to_end": ("Interpolate: to", "插值：终点"),
    "as_every_class": ("The same z in all classes", "同一个 z 在全部类别中的图片"),
    "altered_info": (
        "Change what was found: the directions are those of the tab Directions, of its class.",
        "修改找到的图片：这里的方向就是“方向”标签页中该类别的方向。",
    ),
    "altered": ("The redrawn picture", "重画出的图片"),
    "walk_to": (
        "From your picture to {name}, seed {seed}: {percent} % of the way",
        "从你的图片到{name}，种子 {seed}：全程 {percent}%",
    ),
}
