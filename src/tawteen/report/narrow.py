"""Charts for narrow screens, made of those for wide ones: panels stand below each other, names go on in lines.

Letters keep their size, so that they can be read where a wide chart would have to shrink.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tawteen.report.drawing import PDF, RLE
from tawteen.report.labels import in_lines, name_lines, width_of
from tawteen.report.params import LAYOUT

Spec = dict[str, Any]


def is_wide(spec: Spec) -> bool:
    """Whether a chart is wider than a narrow screen shows well; maps keep their shape."""
    return "projection" not in spec and not any("projection" in layer for layer in spec.get("layer", ()))


def narrowed(spec: Spec, k: int) -> Spec:
    """The spec of a wide chart (k: 0 English, 1 Arabic) for a narrow screen."""
    return {**_narrow(spec, k), "config": _legend_columns(spec["config"])}


def _narrow(part: Spec, k: int) -> Spec:
    """A chart, or a part of one that has a width of its own."""
    if isinstance(part.get("title"), dict):
        room = LAYOUT.narrow_width - LAYOUT.narrow_bar_edge
        title = (_plain(part["title"]["text"]),) * 2
        text = in_lines(title, k, room, lines=LAYOUT.narrow_name_lines, bold=True)
        part = {**part, "title": {**part["title"], "text": text.split("\n")}}
    if "vconcat" in part:
        return {**part, "vconcat": [_narrow(each, k) for each in part["vconcat"]]}
    if "facet" in part:
        panel = {**part["spec"], "width": LAYOUT.narrow_width - LAYOUT.narrow_panel_axis}
        return _legend_columns({**part, "columns": 1, "spec": panel})
    wide = part.get("width", LAYOUT.width)
    fields = {field for layer in _layers(part) if (field := _name_field(layer))}
    if not fields:
        width = max(LAYOUT.narrow_width - (LAYOUT.width - wide), LAYOUT.narrow_width // 2)
        return _legend_columns({**part, "width": width})
    labels = dict.fromkeys(row[field] for rows in _rows(part) for row in rows for field in fields if field in row)
    lines = {
        label: in_lines((_plain(label),) * 2, k, LAYOUT.narrow_names_width, lines=LAYOUT.narrow_name_lines)
        for label in labels
    }
    widest = max((width_of(line, k) for label in lines.values() for line in label.split("\n")), default=0.0)
    beside = any(_is_beside(layer) for layer in _layers(part))
    names_width = int(min(widest, LAYOUT.narrow_names_width * LAYOUT.longest_line))
    width = LAYOUT.narrow_width - LAYOUT.narrow_bar_edge - names_width - (LAYOUT.narrow_figures if beside else 0)
    changed = _each_layer(part, lambda layer: _with_names(layer, lines, width - wide))
    more = max((text.count("\n") for text in lines.values()), default=0) - max(text.count("\n") for text in lines)
    return _legend_columns({**changed, "width": width, "height": _height(part, more, len(lines))})


def _layers(part: Spec) -> list[Spec]:
    return [part, *(part.get("layer") or ())]


def _each_layer(part: Spec, change: Callable[[Spec], Spec]) -> Spec:
    changed = change(part)
    return {**changed, "layer": [change(layer) for layer in part["layer"]]} if "layer" in part else changed


def _name_field(layer: Spec) -> str | None:
    """The field of the names along the vertical axis, where bars have names."""
    y = layer.get("encoding", {}).get("y", {})
    return y.get("field") if y.get("type") == "nominal" else None


def _is_beside(layer: Spec) -> bool:
    """Whether a layer stands at a distance in pixels, as numbers beside the bars do."""
    return isinstance(layer.get("encoding", {}).get("x", {}).get("value"), int | float)


def _rows(part: Spec) -> list[list[dict[str, Any]]]:
    return [layer["data"]["values"] for layer in _layers(part) if "values" in layer.get("data", {})]


def _plain(label: str) -> str:
    return " ".join(label.replace(RLE, "").replace(PDF, "").split())


def _with_names(layer: Spec, lines: Mapping[str, str], wider: int) -> Spec:
    """A layer whose bars are called by the names in lines; what stands beside them moves with the end of the bars."""
    encoding = dict(layer.get("encoding", {}))
    if field := _name_field(layer):
        y = encoding["y"]
        sort = [lines.get(name, name) for name in y["sort"]] if isinstance(y.get("sort"), list) else y.get("sort")
        encoding["y"] = {**y, "sort": sort, "axis": {**(y.get("axis") or {}), "title": None, **name_lines()}}
        if "values" in layer.get("data", {}):
            rows = [{**row, field: lines.get(row[field], row[field])} for row in layer["data"]["values"]]
            layer = {**layer, "data": {**layer["data"], "values": rows}}
    elif "values" in layer.get("data", {}):
        rows = [{name: lines.get(value, value) if isinstance(value, str) else value for name, value in row.items()}
                for row in layer["data"]["values"]]  # fmt: skip
        layer = {**layer, "data": {**layer["data"], "values": rows}}
    if _is_beside(layer):
        encoding["x"] = {**encoding["x"], "value": encoding["x"]["value"] + wider}
    return {**layer, "encoding": encoding} if encoding else layer


def _height(part: Spec, more_lines: int, names: int) -> Any:
    """The height of a chart whose names have more lines than before."""
    extra, height = LAYOUT.line_height * max(more_lines, 0), part.get("height")
    if isinstance(height, dict):
        sides = 2 if any("yOffset" in layer.get("encoding", {}) for layer in _layers(part)) else 1
        return {**height, "step": height["step"] + extra / sides}
    return height + extra * names if isinstance(height, int | float) else height


def _legend_columns(part: Spec) -> Spec:
    """A part of a spec whose legends have as many columns as a narrow chart holds."""
    changed = {name: value if name == "data" else _inside(value) for name, value in part.items()}
    legend = changed.get("legend")
    if isinstance(legend, dict) and "columns" in legend:
        changed["legend"] = {**legend, "columns": max(1, int(legend["columns"] * LAYOUT.narrow_width / LAYOUT.width))}
    return changed


def _inside(value: Any) -> Any:
    if isinstance(value, list):
        return [_legend_columns(each) if isinstance(each, dict) else each for each in value]
    return _legend_columns(value) if isinstance(value, dict) else value
