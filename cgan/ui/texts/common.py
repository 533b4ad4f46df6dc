"""What several tabs share, links and exports, and what the server says."""

TEXTS: dict[str, tuple[str, str]] = {
    # {names} are filled in by the page's scripts.
    "title": ("What a conditional GAN has learned", "条件 GAN 学到了什么"),
    "intro": (
        "A generator that has seen many pictures, of clothes or of whatever it was trained on, draws new ones. You "
        "choose the class, the seed does the rest.",
        "生成器看过大量图片（服装，或你用来训练它的任何图片），然后自己画出新的。你选类别，其余交给随机种子。",
    ),
    "checkpoint": ("Checkpoint", "检查点"),
    "checkpoint_info": (
        "A trained generator. Your own runs appear here too, also while they train.",
        "训练好的生成器。你自己训练的模型也会出现在这里，训练途中即可查看。",
    ),
    "class": ("Class", "类别"),
    "seed": ("Seed", "种子"),
    "dice": ("⚄ Random seed", "⚄ 随机种子"),
    "to_class": ("To: class", "终点：类别"),
    "to_seed": ("To: seed", "终点：种子"),
    "position": ("Position", "位置"),
    "picture": ("Generated: {what}", "生成的图片：{what}"),
    "what_one": ("{name}, seed {first}", "{name}，种子 {first}"),
    "what_many": ("{name}, seeds {first} to {last}", "{name}，种子 {first} 至 {last}"),
    "what_one_found": ("{name}, the found z", "{name}，找到的 z"),
    "what_many_found": ("{name}: the found z and its neighbours", "{name}：找到的 z 及其邻近点"),
    "found_itself": ("the found z", "找到的 z"),
    "found_neighbour": ("neighbour {number} of the found z", "找到的 z 的第 {number} 个邻近点"),
    "found_z": ("found z", "找到的 z"),
    "found_info": ("From “Your picture”, in place of the seed.", "来自“你的图片”，代替种子。"),
    "found_strength": ("Neighbours, how far", "邻近点的距离"),
    "found_back": ("Back to the seed", "恢复使用种子"),
    "link_without_found": (
        "A link cannot carry the found z: it shows seed {seed} in its place.",
        "链接无法携带找到的 z：打开后将显示种子 {seed}。",
    ),
    "strip": ("All {frames} frames of the walk", "全部 {frames} 帧"),
    "play": ("▶ Play", "▶ 播放"),
    "pause": ("❚❚ Pause", "❚❚ 暂停"),
    "speed": ("Speed", "速度"),
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
    "no_simd": (
        "This browser cannot draw by itself: its WebAssembly has no SIMD; a newer version has it.",
        "此浏览器的 WebAssembly 不支持 SIMD，无法自行绘制；请使用更新的版本。",
    ),
    "no_wasm_file": (
        "the server sends something else under this name; is the site's folder there as a whole?",
        "服务器以此名称发送了别的内容；站点文件夹是否完整？",
    ),
    "from_disk": (
        "From a disk the browser lets a page load nothing; serve its folder, for example by python -m http.server.",
        "从磁盘打开时，浏览器不允许页面加载文件；请用服务器提供该文件夹，例如 python -m http.server。",
    ),
    "no_generator": ("The generator of {name} cannot be had here.", "此处没有 {name} 的生成器。"),
    "full_app": ("The full app", "完整应用"),
    "full_app_local": ("The full app runs on your own machine:", "完整应用可在自己的电脑上运行："),
    "failed": ("That did not work", "操作未成功"),
    "server_busy": (
        "The server has more to do than it can at the moment; try again in a few seconds.",
        "服务器正忙，请过几秒再试。",
    ),
    "server_unreachable": ("The server cannot be reached ({reason}).", "无法连接服务器（{reason}）。"),
    "server_failed": (
        "The server could not do that; its log says why.",
        "服务器未能完成这一操作，原因见服务器日志。",
    ),
    "log_in": ("Log in first.", "请先登录。"),
    "other_website": (
        "A page of {origin} asks, but this server was addressed as {host}; another website's page may not use it. "
        "If a proxy changes the address, have it pass on the Host header; or start the app with --allow-origin "
        "{origin}.",
        "请求来自 {origin} 的页面，而本服务器的地址是 {host}：其他网站的页面不能使用它。"
        "如果是代理改变了地址，请让代理传递 Host 请求头，或者以 --allow-origin {origin} 启动应用。",
    ),
    "too_many_runs": (
        "Your runs are still under way or waiting; let one end or stop it, then try again.",
        "您的任务还在运行或排队，请等待其中一个结束，或将其停止后再试。",
    ),
    "export": ("Export", "导出"),
    "copy_link": ("Copy link", "复制链接"),
    "copy_python": ("Copy code", "复制代码"),
    "copied": ("Copied", "已复制"),
    "copy_by_hand": ("Copy this:", "请复制："),
    "download": ("Download {what}", "下载 {what}"),
    "format_png": ("PNG", "PNG"),
    "format_npz": ("NumPy .npz", "NumPy .npz"),
    "python": ("The Python for this", "对应的 Python 代码"),
    "link_refused": (
        "The link says {name}: {given}. Allowed: {allowed}. Shown instead: {first}.",
        "链接中的 {name} 为“{given}”，可用的是：{allowed}。现显示：{first}。",
    ),
    "seeds_beyond": (
        "seeds {first} to {last} wanted; allowed: 0 to {high}",
        "需要种子 {first} 至 {last}；允许的范围：0 至 {high}",
    ),
    "link_range": ("{low} to {high}", "{low} 至 {high}"),
    "link_numbers": ("{count} numbers with commas between them, {ranges}", "{count} 个数，以逗号分隔，{ranges}"),
    "link_word": ("a name of letters, digits, -, . and _", "由字母、数字、-、. 和 _ 组成的名称"),
    "trained_here": ("trained here", "在此训练"),
    "trained_only_here": (
        "The generator trained here lives in this page alone. For this, save it on the tab Train and unpack it into "
        "checkpoints/NAME.",
        "在此训练的生成器只存在于本页。要使用这一功能，请在“训练”中保存，并解压到 checkpoints/名称。",
    ),
    "trained_note": (
        "Drawn by the generator trained here. It lives in this page alone: a link cannot carry it, Save on the tab "
        "Train can.",
        "由在此训练的生成器绘制。它只存在于本页：链接无法携带，可在“训练”中保存。",
    ),
    "link_run": (
        "a preset such as first-clothes, report or report.hinge, then settings such as seed:3,hidden:64-128",
        "一个预设，如 first-clothes、report 或 report.hinge，后接设置，如 seed:3,hidden:64-128",
    ),
    "direction_brightness": ("Brightness", "亮度"),
    "direction_width": ("Width", "宽度"),
    "direction_height": ("Height", "高度"),
    "direction_texture": ("Texture", "纹理"),
    "direction_sleeves": ("Sleeve length", "袖长"),
    "direction_legs": ("Legs apart", "裤腿分开"),
    "direction_top": ("Top-heavy", "上半部更重"),
    "direction_left": ("Left-heavy", "左半部更重"),
    "direction_more": ("{number}: mostly more of “{attribute}”", "{number}：主要是“{attribute}”增加"),
    "direction_less": ("{number}: mostly less of “{attribute}”", "{number}：主要是“{attribute}”减少"),
    "direction_slight": ("{number}: little that was measured", "{number}：测得的量几乎不变"),
    "direction_start": ("not moved yet", "尚未移动"),
    "direction_reset": ("All back to 0", "全部归零"),
    "source": ("Picture", "图片"),
    "choose_file": ("Choose a picture …", "选择图片…"),
    "upload_info": (
        "PNG, JPEG, WebP, GIF, AVIF, BMP or TIFF. It is not stored.",
        "PNG、JPEG、WebP、GIF、AVIF、BMP 或 TIFF。图片不会被保存。",
    ),
    "upload_too_many_bytes": ("The file is larger than 8 MB.", "文件超过 8 MB。"),
    "upload_too_many_pixels": ("The picture has more than 64 megapixels.", "图片超过 6400 万像素。"),
    "upload_unreadable": (
        "This is no picture that can be read. Allowed: PNG, JPEG, WebP, GIF, AVIF, BMP, TIFF, "
        "with 8 or 16 bits a channel.",
        "无法读取这张图片。支持 PNG、JPEG、WebP、GIF、AVIF、BMP、TIFF，每通道 8 或 16 位。",
    ),
    "upload_too_small": ("The picture has fewer than 8 pixels a side.", "图片的边长不足 8 像素。"),
    "upload_animated": ("of an animation only the first frame is seen", "动画只取第一帧"),
    "upload_pages": ("of several pages only the first is seen", "多页文件只取第一页"),
    "upload_transparent": ("what is transparent becomes white", "透明部分视为白色"),
    "no_data": (
        "Real images need Fashion-MNIST on this machine: `python -m cgan.data` downloads it.",
        "真实图片需要本机上有 Fashion-MNIST：运行 `python -m cgan.data` 即可下载。",
    ),
    "no_judge": (
        "This needs a judge of the classes of {name}: `{command}` makes one, and `python app.py --judge DIR` uses it.",
        "这需要一个认识 {name} 各类别的评判网络：用 `{command}` 训练，再用 `python app.py --judge DIR` 启动。",
    ),
    "no_real_pictures": (
        "Real pictures of these classes come with their judge: `python -m cgan.classifier --data PATH --out DIR`, then "
        "`--judge DIR`.",
        "这些类别的真实图片来自其评判网络：`python -m cgan.classifier --data PATH --out DIR`，再使用 `--judge DIR`。",
    ),
    "run": ("▶ Run", "▶ 运行"),
    "stop": ("◼ Stop", "◼ 停止"),
    "stopped": ("Stopped.", "已停止。"),
    "generated_one": ("Generated", "生成的"),
    "real_one": ("Real", "真实的"),
}
