"""Chromium without a window: the build for bare servers, with the libraries that such a machine lacks."""

import io
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import brotli  # type: ignore[import-untyped]
from playwright.sync_api import Browser, sync_playwright

from tests.browsing.packages import NpmPackage, unpacked

CHROMIUM = NpmPackage(
    "@sparticuz/chromium", "147.0.0", "18fe5404ce845594cd7d592fc07f37a19514079ba4d9c27192ad8b908743f16b"
)
HANGUL = NpmPackage(
    "@expo-google-fonts/noto-sans-kr",
    "0.4.3",
    "7614af529705ea48e8b76cb3b056b92db66b7625ef3fc97ce76366063df94d3f",
)
"""A font for Korean, which bare servers lack: pages are looked at in both languages."""
_WEIGHTS = ("400Regular", "700Bold")
_LIBRARIES = ("al2023.tar.br", "swiftshader.tar.br", "fonts.tar.br")
_OPTIONS = (
    "--no-sandbox",  # of the pages of this machine alone, and also where tests run as root
    "--disable-dev-shm-usage",
    "--use-gl=angle",
    "--use-angle=swiftshader",  # pictures are drawn without a graphics card
    "--enable-unsafe-swiftshader",
)


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser that runs for as long as the block."""
    folder = unpacked(CHROMIUM, _prepare) / "bin"
    fonts = unpacked(HANGUL, _prepare_fonts) / "fonts.conf"
    environment = {
        "LD_LIBRARY_PATH": f"{folder / 'lib'}:{folder}",
        "FONTCONFIG_PATH": str(folder / "fonts"),
        "FONTCONFIG_FILE": str(fonts),
    }
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=folder / "chromium", env={**environment}, args=list(_OPTIONS)
        )
        try:
            yield browser
        finally:
            browser.close()


def _prepare(package: Path) -> None:
    """Unpack the program and its libraries; what is packed is not needed any more."""
    folder = package / "bin"
    for name in _LIBRARIES:
        with tarfile.open(fileobj=io.BytesIO(_taken(folder / name))) as packed:
            packed.extractall(folder, filter="data")
    program = folder / "chromium"
    program.write_bytes(_taken(folder / "chromium.br"))
    program.chmod(0o755)


def _prepare_fonts(package: Path) -> None:
    """Keep two weights of the font, and say where they and those of the browser are."""
    arrived = HANGUL.folder / package.name
    own = [arrived / weight for weight in _WEIGHTS]
    folders = "".join(f"<dir>{each}</dir>" for each in (*own, CHROMIUM.folder / "package/bin/fonts"))
    preferred = "<alias><family>system-ui</family><prefer><family>Noto Sans KR</family></prefer></alias>"
    text = f"<fontconfig>{folders}<cachedir>{arrived}/cache</cachedir>{preferred}</fontconfig>"
    (package / "fonts.conf").write_text(f'<?xml version="1.0"?>{text}', encoding="utf-8")


def _taken(path: Path) -> bytes:
    raw: bytes = brotli.decompress(path.read_bytes())
    path.unlink()
    return raw
