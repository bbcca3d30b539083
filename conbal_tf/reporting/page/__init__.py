"""The page of one run or of several side by side: one HTML file that needs no other and asks for none.

Begin at `document`, whose table `SECTIONS` names the sections in their order. A section is a function from runs
(`run_files`) to values and sentences, and a template of its name in templates/, made of the pieces in macros.html.
Charts come from `conbal_tf.reporting.charts`; the map alone is drawn by the script in assets/, as it is walked through.
"""
