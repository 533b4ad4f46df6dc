"""The app's page as its user meets it: sliders, menus, pictures."""

import base64
from pathlib import Path

import numpy as np
from playwright.sync_api import Browser, Locator, expect

# From a copy of the canvas: the browser warns of a page that reads its own canvases back. As text, for Playwright looks
# at each number of a list.
_READ_CELLS = """([canvas, count, columns, gap]) => {
  const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", {willReadFrequently: true});
  copy.drawImage(canvas, 0, 0);
  const pixels = Array.from({length: count}, (_, index) => {
    const [x, y] = [index % columns, Math.floor(index / columns)].map((place) => place * (28 + gap));
    return [...copy.getImageData(x, y, 28, 28).data.filter((_, byte) => byte % 4 === 0)];
  });
  return btoa(pixels.flat().map((level) => String.fromCharCode(level)).join(""));
}"""

_SEE_COPIED = """(button) => {
  window.copied = new Promise((resolve, reject) => {
    new MutationObserver(() => button.textContent === "Copied" && resolve()).observe(button, { childList: true });
    setTimeout(() => reject(new Error(`not copied, "${button.textContent}", in place: ${button.isConnected}`)), 15_000);
  });
  window.copied.catch(() => {}); // who waits for it hears of it
}"""

_IS_DRAWN_BY = """(renderer) => {
  const picture = document.querySelector("#picture[data-renderer]");
  if (!picture || picture.dataset.renderer === renderer) return picture;
  if (renderer === "server" || picture.checkVisibility()) return false;
  const linked = new URLSearchParams(location.search).get("checkpoint");
  return cgan.drawsHere?.(linked ?? cgan.config.links.checkpoint) ?? true; // the site says nothing of it
}"""

# Gradio's event of the page's load has been answered and shown; until then it could show again what a test has changed.
_HAS_SETTLED = """() => {
  const now = performance.now();
  const answered = performance.getEntriesByType("resource").filter(({ name }) => name.includes("/run/predict"));
  const isShown = ({ responseEnd }) => responseEnd && now > responseEnd + 100;
  return !window.gradio_config || now > 10_000 || answered.some(isShown);
}"""

PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
_STICKING_OUT = """() => {
  const page = document.querySelector(".gradio-container");
  const pictures = [...page.querySelectorAll("canvas, [role=tabpanel] img")].filter((each) => each.checkVisibility());
  const isOut = ({left, right}) => left < 0 || right > innerWidth;
  const out = pictures.filter((each) => isOut(each.getBoundingClientRect())).map((each) => each.outerHTML.slice(0, 99));
  return page.scrollWidth > page.clientWidth ? [...out, `${page.scrollWidth} of ${page.clientWidth} pixels`] : out;
}"""

TOLERANCE = 1  # grey levels, wherever it is drawn
GENERATORS = "**/generator.safetensors"  # what the page draws with


def largest_difference(pictures: np.ndarray, expected: np.ndarray) -> int:
    return int(np.abs(pictures.astype(int) - expected).max())


class AppPage:
    """One visit. `problems` collects what the console complained of, `outside` every request beyond the server."""

    def __init__(
        self,
        browser: Browser,
        address: str,
        renderer: str = "page",
        wide: bool = True,
        language: str = "en-US",
        dark: bool = False,
        query: str = "",
    ):
        """renderer: who draws, "page" or "server"; for the server's sake nothing is offered to the page.

        query: of the link that is followed.
        """
        self.context = browser.new_context(
            locale=language,
            color_scheme="dark" if dark else "light",
            viewport=DESKTOP if wide else PHONE,
            has_touch=not wide,
            accept_downloads=True,
        )
        self.page = self.context.new_page()
        self.problems: list[str] = []
        self.requests: list[str] = []
        self.page.on("console", self._note_message)
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.address = address
        if renderer == "server":
            self.page.route(GENERATORS, lambda route: route.fulfill(status=204))
        self.renderer = renderer
        self.tolerance = TOLERANCE
        self.page.goto(f"{address.rstrip('/')}/{query}")
        self.wait_for_renderer(renderer)
        self.page.wait_for_function(_HAS_SETTLED)

    def close(self) -> None:
        self.page.unroute_all(behavior="ignoreErrors")  # what the page asked for last may be on its way
        self.context.close()

    def _note_message(self, message) -> None:
        if message.type in ("error", "warning"):
            self.problems.append(message.text)

    @property
    def outside(self) -> list[str]:
        local = (self.address, self.address.replace("http", "ws", 1), "data:", "blob:")
        return [url for url in self.requests if not url.startswith(local)]

    def wait_for_renderer(self, renderer: str) -> None:
        """Until the tab "Generate" is drawn so, or, where another one is open, the page could."""
        self.page.wait_for_function(_IS_DRAWN_BY, arg=renderer)

    def find(self, selector: str) -> Locator:
        return self.page.locator(selector)

    def painted(self) -> tuple[int, int]:
        """(class, seed) of the pictures on Generate, as the page itself says."""
        picture = self.find("#picture")
        return int(picture.get_attribute("data-class")), int(picture.get_attribute("data-seed"))

    def record(self, selector: str, attribute: str) -> None:
        """From now on note every value that an attribute takes; `recorded` returns them."""
        self.page.evaluate(
            """([selector, attribute]) => {
              const element = document.querySelector(selector);
              window.recorded = [];
              const note = () => window.recorded.push(Number(element.getAttribute(attribute)));
              new MutationObserver(note).observe(element, {attributeFilter: [attribute]});
            }""",
            [selector, attribute],
        )

    def recorded(self) -> list[int]:
        return self.page.evaluate("window.recorded")

    def cells(self, canvas: str, count: int, columns: int, gap: int = 1) -> np.ndarray:
        """The pictures on a canvas, uint8 (count, 28, 28)."""
        handle = self.find(canvas).element_handle()
        pixels = base64.b64decode(self.page.evaluate(_READ_CELLS, [handle, count, columns, gap]))
        return np.frombuffer(pixels, np.uint8).reshape(-1, 28, 28)

    def expect_cells(self, canvas: str, expected: np.ndarray, columns: int, seconds: float = 20) -> None:
        """Wait until a canvas shows these pictures, to one grey level."""
        for _ in range(round(seconds * 20)):
            if largest_difference(self.cells(canvas, len(expected), columns), expected) <= self.tolerance:
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(f"{canvas} does not show the expected pictures")

    def slide(self, name: str, fraction: float, steps: int = 1) -> None:
        """Drag a slider's handle to a fraction of its way, in so many moves of the mouse."""
        slider = self.find(f"#{name} input[type=range]")
        slider.scroll_into_view_if_needed()
        box = slider.bounding_box()
        at = float(slider.evaluate("(input) => (input.value - input.min) / (input.max - input.min)"))
        thumb = 16

        def x(place: float) -> float:
            return box["x"] + thumb / 2 + place * (box["width"] - thumb)

        y = box["y"] + box["height"] / 2
        self.page.mouse.move(x(at), y)
        self.page.mouse.down()
        self.page.mouse.move(x(fraction), y, steps=steps)
        self.page.mouse.up()

    def value(self, name: str) -> float:
        return float(self.find(f"#{name} input[type=range]").input_value())

    def type_number(self, name: str, value: float) -> None:
        self.find(f"#{name} input[type=number]").fill(f"{value}")
        self.page.keyboard.press("Tab")

    def choose(self, name: str, option: str) -> None:
        menu = self.find(f"#{name} input")
        menu.click()
        self.find(f"#{menu.get_attribute('aria-controls')}").get_by_role("option", name=option, exact=True).click()

    def open_tab(self, name: str) -> None:
        self.page.get_by_role("tab", name=name).click()

    def open_menu(self) -> None:
        """The open tab's menu of exports."""
        closed = self.find(".cgan-export [aria-expanded=false]:visible")
        if closed.count():
            closed.click()

    def download(self, button: str, folder: Path) -> Path:
        self.open_menu()
        with self.page.expect_download() as download:
            self.page.get_by_role("button", name=button, exact=True).click()
        path = folder / download.value.suggested_filename
        download.value.save_as(path)
        return path

    def copied(self, button: str) -> str:
        """What is in the clipboard once a button that copies was pressed."""
        self.context.grant_permissions(["clipboard-read", "clipboard-write"])
        pressed = self.page.get_by_role("button", name=button, exact=True)
        pressed.evaluate(_SEE_COPIED)  # before it is pressed, for it says so for two seconds only
        pressed.click()
        self.page.evaluate("copied")
        return self.page.evaluate("navigator.clipboard.readText()")

    def expect_to_fit(self) -> None:
        """Nothing sticks out sideways."""
        sticking_out = self.page.evaluate(_STICKING_OUT)
        assert sticking_out == [], sticking_out

    def wait_until_count(self, count: int) -> None:
        last = 6 + count
        name = "seed 7" if count == 1 else f"seeds 7 to {last}"
        expect(self.find("#picture canvas")).to_have_attribute("aria-label", f"Generated: Dress, {name}")

    def wait_until_painted(self, class_index: int, seed: int) -> None:
        expect(self.find("#picture")).to_have_attribute("data-seed", f"{seed}", timeout=20_000)
        expect(self.find("#picture")).to_have_attribute("data-class", f"{class_index}")
