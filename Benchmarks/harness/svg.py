"""Plots as SVG that is readable on light and on dark ground."""

import math
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

WIDTH = 720
COLORS = ("#2f81f7", "#e3742f", "#3fa266", "#a371f7")
# Text and axes are of a grey that stands out from white and from black; nothing paints a ground.
GREY = "#7d8590"
_STYLE = f"text {{ font: 13px system-ui, sans-serif; fill: {GREY} }} .title {{ font-weight: 600; font-size: 15px }}"


def bars(title: str, unit: str, values: Sequence[tuple[str, float]], is_ours: Sequence[bool]) -> str:
    """Horizontal bars, one for each name; ours in a color of their own."""
    row, top, left, right = 30, 44, 330, 90
    scale = (WIDTH - left - right) / max(value for _, value in values)
    parts = [_text(0, 18, title, "title")]
    for index, ((name, value), ours) in enumerate(zip(values, is_ours, strict=True)):
        y = top + index * row
        length = max(1.0, value * scale)
        parts.append(_text(left - 10, y + 15, name, anchor="end"))
        parts.append(f'<rect x="{left}" y="{y}" width="{length:.1f}" height="20" rx="3" fill="{COLORS[0 if ours else 1]}"/>')
        parts.append(_text(left + length + 8, y + 15, f"{value:,.0f}{unit}"))
    return _document(top + len(values) * row + 6, title, parts)


def percentiles(title: str, lines: Mapping[str, Sequence[tuple[float, float]]]) -> str:
    """Milliseconds over percentiles; to the right each step is a tenth of the requests that are left."""
    height, left, right, top, bottom = 380, 56, 24, 64, 48
    nines = 4.0
    values = [value for points in lines.values() for _, value in points]
    low, high = _decades(values)

    def x(percent: float) -> float:
        return left + min(nines, -math.log10(1 - percent / 100)) / nines * (WIDTH - left - right)

    def y(value: float) -> float:
        share = (math.log10(max(value, 10**low)) - low) / (high - low)
        return height - bottom - share * (height - top - bottom)

    parts = [_text(0, 18, title, "title")]
    for percent in (0.0, 50.0, 90.0, 99.0, 99.9, 99.99):
        parts.append(_line(x(percent), top, x(percent), height - bottom))
        parts.append(_text(x(percent), height - bottom + 20, f"{percent:g} %", anchor="end" if percent > 99.9 else "middle"))
    for power in range(low, high + 1):
        parts.append(_line(left, y(10**power), WIDTH - right, y(10**power)))
        parts.append(_text(left - 8, y(10**power) + 4, f"{10**power:g}", anchor="end"))
    parts.append(_text(left - 8, top - 12, "ms", anchor="end"))
    parts.append(_text(WIDTH - right, height - 6, "share of the requests that took no longer", anchor="end"))
    for index, (name, points) in enumerate(lines.items()):
        color = COLORS[index % len(COLORS)]
        path = " ".join(f"{x(percent):.1f},{y(value):.1f}" for percent, value in points)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{color}" stroke-width="2.5" stroke-linejoin="round"/>')
        parts.append(f'<rect x="{left + 8 + index * 320}" y="32" width="14" height="14" rx="3" fill="{color}"/>')
        parts.append(_text(left + 28 + index * 320, 44, name))
    return _document(height, title, parts)


def _decades(values: Sequence[float]) -> tuple[int, int]:
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return low, max(high, low + 1)


def _text(x: float, y: float, text: str, style: str = "", anchor: str = "start") -> str:
    named = f' class="{style}"' if style else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{named}>{escape(text)}</text>'


def _line(x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{GREY}" stroke-opacity="0.35"/>'


def _document(height: int, title: str, parts: Sequence[str]) -> str:
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" role="img">'
    return "\n".join([head, f"<title>{escape(title)}</title>", f"<style>{_STYLE}</style>", *parts, "</svg>", ""])
