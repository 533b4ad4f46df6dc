"""The texts of the tab "How good?"."""

TEXTS: dict[str, tuple[str, str]] = {
    "tab_how_good": ("How good?", "有多好？"),
    "hint_how_good": (
        "Good pictures are true to the real ones, as varied as they are, and no copies. Look at one after the other.",
        "好的图片应当逼真、多样，而且不是照抄。下面逐一来看。",
    ),
    "step_quality": ("Quality", "质量"),
    "hint_quality": (
        "Generated pictures against as many real test images. Real training images show how good one can be.",
        "生成图片与同样多的真实测试图片的比较。真实训练图片一列是所能达到的水平。",
    ),
    "column_real": ("Real images", "真实图片"),
    "measure_two_sample_accuracy": ("Told from real ones", "与真实图片的区分"),
    "meaning_two_sample_accuracy": (
        "A new network learns to tell real from generated. How often is it right about pictures that it has not seen? "
        "Half is guessing; lower is better.",
        "让一个新的网络学习区分真实图片与生成图片。对没见过的图片，它有多少次判断正确？一半等于瞎猜；越低越好。",
    ),
    "measure_two_sample_auc": ("Told from real ones, in pairs", "与真实图片的区分（成对）"),
    "meaning_two_sample_auc": (
        "The same network is shown a real and a generated picture. How often does it choose the real one? (AUC)",
        "同一个网络看一张真实图片和一张生成图片，有多少次能选出真实的那张？",
    ),
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
    "measure_random_features_fid": ("FID, random features", "FID（随机特征）"),
    "meaning_random_features_fid": (
        "To a network with random weights. It has learned nothing, so no generator can have learned to please it.",
        "在权重随机的网络看来的距离。它什么都没学过，因此没有生成器能学会迎合它。",
    ),
    "measure_random_features_precision": ("Precision, random features", "精确率（随机特征）"),
    "meaning_random_features_precision": (
        "How many pictures look like real ones to that network.",
        "在该网络看来，有多少图片像真实图片。",
    ),
    "measure_random_features_recall": ("Recall, random features", "召回率（随机特征）"),
    "meaning_random_features_recall": (
        "How many real images are among what can be drawn, to that network.",
        "在该网络看来，有多少真实图片落在能画的范围内。",
    ),
    "no_number": ("–", "–"),
    "not_measured": (
        "{name} is not measured yet: python -m cgan.metrics --checkpoint {checkpoint} --json {file}{own}",
        "{name} 尚未测量：python -m cgan.metrics --checkpoint {checkpoint} --json {file}{own}",
    ),
    "by_class": ("Class by class", "逐个类别"),
    "by_class_measure": ("Measure", "指标"),
    "by_class_fid": (
        "Shorter is better. The bars are as long as the root of the number. A dash in the table: not measured.",
        "越短越好。条形长度为数值的平方根。表中的短横线表示没有测量。",
    ),
    "by_class_share": (
        "Longer is better, and nothing can be expected beyond real images.",
        "越长越好，但不能指望超过真实图片。",
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
        "Compared with an index of the {count} training images: small pictures, approximate distances.",
        "与 {count} 张训练图片的索引比较：图片较小，距离为近似值。",
    ),
    "exact_with_data": (
        "With the data set on this machine (python -m cgan.data) it is exact.",
        "本机有数据集（python -m cgan.data）时比较是精确的。",
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
    "score_verdict_generated": (
        "Score {score}. Told “{name}”, D puts it above {generated} % of the generated ones. Real pictures come "
        "with a judge of these classes: python -m cgan.classifier --data PATH --out DIR, then --judge DIR.",
        "分数 {score}。作为“{name}”，它高于 {generated}% 的生成图片。要与真实图片比较，需要这些类别的评判网络："
        "python -m cgan.classifier --data PATH --out DIR，然后使用 --judge DIR。",
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
}
