"""The texts of the tab "Inside the network"."""

TEXTS: dict[str, tuple[str, str]] = {
    "python_none": (
        "A few lines of Python make the saliency map of a generated picture under one of our networks.",
        "几行 Python 即可得到本项目网络对生成图片的显著图：请在“显著图”中选择生成的图片。",
    ),
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
    "picture_generated": ("Generated", "生成的图片"),
    "picture_real": ("Real test image", "真实测试图片"),
    "picture_photograph": ("Photograph", "照片"),
    "picture_upload": ("Your own", "自己的图片"),
    "photograph_cheetah": ("Cheetah", "猎豹"),
    "photograph_lion": ("Lion", "狮子"),
    "photograph_running": ("Cheetah, running", "奔跑的猎豹"),
    "photograph_admiral": ("Rear Admiral Grace Hopper", "格蕾丝·霍珀海军少将"),
    "no_upload": ("Choose a picture of your own first.", "请先选择一张自己的图片。"),
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
    "saliency_noise": (
        "Why D's map looks like noise: D looks for no object but for traces of a generator, and those may lie in any "
        "pixel, also of the black background. SmoothGrad averages over noisy copies, and what differs from copy to "
        "copy cancels.",
        "为什么 D 的图像噪声：D 找的不是物体，而是生成器留下的痕迹，它可能出现在任何像素，包括黑色背景。"
        "SmoothGrad 对加噪的多个副本取平均，各副本不同的部分相互抵消。",
    ),
    "beforehand": (
        "Computed beforehand with this network; Run computes it anew.",
        "预先用这个网络计算；点击“运行”可重新计算。",
    ),
    "step_fooling": ("2 · Fooling", "2 · 欺骗"),
    "hint_fooling": (
        "The network changes its mind, you do not. Look at how small the change is; through z it is a generated "
        "picture all the way.",
        "网络改变了主意，你却看不出区别。看看改动有多小；若移动的是 z，则始终是生成器画的图。",
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
