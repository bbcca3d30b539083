"""The charts of a run, each drawn once: for the page, for `figures/` and for TensorBoard.

Begin with `chart.Chart`: a drawing in SVG with what it says in words. Each chart is one function from numbers to it, in
a module of its own; they draw with `marks` in a `Frame` of two scales. `png` makes files of them. Colours are classes
of assets/charts.css, so that the page can set them for light, dark and paper.
"""
