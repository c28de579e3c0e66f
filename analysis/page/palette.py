"""The palette: every colour of figures and pages, once."""

#: Six colours with a contrast of 3:1 or more against white and between neighbours (Analysis Function palette).
NAVY, TEAL, PLUM, ORANGE, DARK, LILAC = "#12436D", "#28A197", "#801650", "#F46A25", "#3D3D3D", "#A285D1"
SERIES = (NAVY, TEAL, PLUM, ORANGE, DARK, LILAC)

#: What has no colour of its own: marks, and lines that lead or stand back.
GREY, PALE = "#767676", "#949494"

#: Greys for bars of countries without a colour of their own, in the order in which they appear.
GREYS = (GREY, "#5E5E5E", "#868686", "#6A6A6A")

#: Texts, texts that stand back, rules and grid lines, and the ground.
INK, MUTED, RULE, PAPER = "#222222", "#555555", "#DDDDDD", "#FFFFFF"
