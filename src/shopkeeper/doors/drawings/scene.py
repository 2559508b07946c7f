"""The large picture of the front page: a table by a window on a winter afternoon, composed in the manner of the drawn goods."""

from __future__ import annotations

_TITLES = {
    "en": "A table by the window: a lantern, a cup of tea, cakes and a basket",
    "zh": "窗边的一张桌子：提灯、热茶、点心和一只编织篮",
}
_CHALK = {"en": ("Open", "today"), "zh": ("今日", "开张")}

_DEFS = """<defs><linearGradient id="hero-sky" x1="0" y1="0" x2="0" y2="1">
        <stop offset="0" stop-color="var(--d6,#6b8fc7)" stop-opacity=".30"/>
        <stop offset=".62" stop-color="var(--d2,#d97b34)" stop-opacity=".22"/>
        <stop offset="1" stop-color="var(--d2,#d97b34)" stop-opacity=".34"/></linearGradient>
        <linearGradient id="hero-beam" x1="1" y1="0" x2="0" y2="1"><stop offset="0" stop-color="#fff" stop-opacity=".5"/>
        <stop offset="1" stop-color="#fff" stop-opacity="0"/></linearGradient><radialGradient id="hero-glow">
        <stop offset="0" stop-color="var(--d2,#d97b34)" stop-opacity=".55"/>
        <stop offset="1" stop-color="var(--d2,#d97b34)" stop-opacity="0"/></radialGradient>
        <pattern id="hero-spots" width="16" height="16" patternUnits="userSpaceOnUse" patternTransform="rotate(12)">
        <g fill="var(--sheet,#fff)" fill-opacity=".8"><circle cx="4" cy="4" r="2.600"/><circle cx="12" cy="12" r="2.600"/></g>
        </pattern><pattern id="hero-check" width="22" height="22" patternUnits="userSpaceOnUse"><g fill="var(--seal,#b93a2b)">
        <path d="M0 0h11v22H0z" fill-opacity=".16"/><path d="M0 0h22v11H0z" fill-opacity=".16"/></g></pattern>
        <clipPath id="hero-pane"><path d="M290 40h150v176H290z"/></clipPath></defs>"""

_WALL = """<path d="M0 0h500v400H0z" fill="var(--mist,#f1ede6)"/><path d="M0 0h500v400H0z" fill="var(--d5,#8a7a4b)" fill-opacity=".12"/>
        <circle cx="150" cy="130" r="118" fill="var(--sheet,#fff)" fill-opacity=".45"/>"""

_WINDOW = """<g clip-path="url(#hero-pane)"><path d="M290 40h150v176H290z" fill="var(--sheet,#fff)"/>
        <path d="M290 40h150v176H290z" fill="url(#hero-sky)"/>
        <circle cx="396" cy="150" r="26" fill="var(--d2,#d97b34)" fill-opacity=".75"/>
        <path d="M280 186q40-34 84-14t90-18v70H280z" fill="var(--d3,#3f8f82)" fill-opacity=".45"/>
        <path d="M280 204q50-22 92-6t80-10v40H280z" fill="var(--d3,#3f8f82)" fill-opacity=".7"/>
        <path d="M318 190l-13 22h26zM318 178l-10 18h20zM338 194l-9 16h18zM338 186l-7 12h14z" fill="var(--d3,#3f8f82)"/>
        <g fill="#fff" fill-opacity=".9"><circle cx="312" cy="72" r="3"/><circle cx="346" cy="98" r="2.500"/>
        <circle cx="330" cy="128" r="3"/><circle cx="384" cy="66" r="2.500"/><circle cx="418" cy="92" r="3"/>
        <circle cx="404" cy="118" r="2"/><circle cx="360" cy="60" r="2"/><circle cx="304" cy="150" r="2"/>
        <circle cx="428" cy="140" r="2.500"/><circle cx="352" cy="150" r="2"/></g></g>
        <path fill-rule="evenodd" d="M278 28h174v200H278zM290 40v176h150V40z" fill="var(--sheet,#fff)"/>
        <path d="M361 40h8v176h-8zM290 122h150v8H290z" fill="var(--sheet,#fff)"/>
        <path d="M290 40h150v5H290zM290 40h5v176h-5z" fill="#000" fill-opacity=".10"/>
        <path d="M266 226h198v13H266z" fill="var(--sheet,#fff)"/><path d="M266 235h198v4H266z" fill="#000" fill-opacity=".10"/>
        <path d="M262 18h212" stroke="var(--d5,#8a7a4b)" stroke-width="6" stroke-linecap="round"/>
        <circle cx="262" cy="18" r="6" fill="var(--d5,#8a7a4b)"/><circle cx="474" cy="18" r="6" fill="var(--d5,#8a7a4b)"/>
        <path d="M268 18h42q-4 92-38 140 2 44-2 86h-12q6-120 10-226z" fill="var(--seal,#b93a2b)" fill-opacity=".82"/>
        <path d="M284 18q0 86-20 136M300 18q-4 80-30 138" fill="none" stroke="#000" stroke-opacity=".16" stroke-width="4"/>
        <path d="M470 18h-40q4 92 36 140-2 44 2 86h14q-8-120-12-226z" fill="var(--seal,#b93a2b)" fill-opacity=".82"/>
        <path d="M456 18q0 86 18 136M440 18q4 80 30 138" fill="none" stroke="#000" stroke-opacity=".16" stroke-width="4"/>
        <path d="M266 150q10 8 18-4l-2 12q-8 8-16 2zM474 150q-10 8-18-4l2 12q8 8 16 2z" fill="var(--d2,#d97b34)"/>
        <path d="M290 40h150L270 330H20z" fill="url(#hero-beam)" fill-opacity=".55"/>"""

_HANGING = """<path d="M0 40q62 50 128 24T262 22" fill="none" stroke="var(--ink-2,#5d564d)" stroke-opacity=".6" stroke-width="2.200"/><g>
        <path d="M14 50l32 13-24 26z" fill="var(--d1,#2f4b7c)"/><path d="M58 67l34 4-20 30z" fill="var(--d2,#d97b34)"/>
        <path d="M104 70l34-9-12 35z" fill="var(--d3,#3f8f82)"/><path d="M150 57l32-13-7 36z" fill="var(--seal,#b93a2b)"/>
        <path d="M194 40l30-10-5 32z" fill="var(--d4,#a05195)"/></g>
        <path d="M58 67l34 4-20 30zM150 57l32-13-7 36z" fill="url(#hero-spots)"/>
        <path d="M30 56l16 7-24 26zM75 69l17 2-20 30zM121 66l17-5-12 35zM166 51l16-7-7 36zM209 35l15-5-5 32z" fill="#000"
        fill-opacity=".10"/>"""

_TABLE = """<path d="M0 302h500v98H0z" fill="var(--d5,#8a7a4b)" fill-opacity=".42"/>
        <path d="M0 302h500v7H0z" fill="#000" fill-opacity=".10"/>
        <path d="M0 336h500M0 372h500" stroke="#000" stroke-opacity=".06" stroke-width="3"/>
        <path d="M150 302h222l58 98H92z" fill="var(--sheet,#fff)"/><path d="M150 302h222l58 98H92z" fill="url(#hero-check)"/>
        <path d="M150 302h222l4 7H146z" fill="#000" fill-opacity=".07"/>
        <path d="M290 40h150L352 400H60z" fill="url(#hero-beam)" fill-opacity=".35"/>"""

_SHADOWS = """<g fill="#000" fill-opacity=".15"><ellipse cx="84" cy="340" rx="76" ry="9"/><ellipse cx="204" cy="334" rx="44" ry="7"/>
        <ellipse cx="300" cy="363" rx="70" ry="8"/><ellipse cx="420" cy="342" rx="66" ry="8"/>
        <ellipse cx="172" cy="374" rx="40" ry="6"/></g>"""

_BASKET = """<g fill="var(--d5,#8a7a4b)"><path d="M34 276q0-82 50-82t50 82" fill="none" stroke="var(--d5,#8a7a4b)" stroke-width="9"/>
        <g fill="var(--d3,#3f8f82)"><path d="M60 262q-20-30 2-56 22 26-2 56z"/><path d="M110 262q-4-34 24-48 6 36-24 48z"/>
        <path d="M84 258q-12-40 10-62 16 34-10 62z"/></g><circle cx="58" cy="254" r="20" fill="var(--seal,#b93a2b)"/>
        <circle cx="94" cy="248" r="23" fill="var(--d2,#d97b34)"/><circle cx="124" cy="258" r="17" fill="var(--seal,#b93a2b)"/>
        <path d="M58 236q2-9 9-11M94 226q1-8 8-11" fill="none" stroke="#000" stroke-opacity=".35" stroke-width="3"
        stroke-linecap="round"/>
        <path d="M48 246q3-7 9-9M82 238q4-9 12-11" fill="none" stroke="#fff" stroke-opacity=".6" stroke-width="4"
        stroke-linecap="round"/><path d="M12 264h144l-15 68q-2 8-10 8H37q-8 0-10-8z"/>
        <path d="M22 284h126M27 302h116M31 320h108" stroke="#fff" stroke-opacity=".45" stroke-width="4" stroke-dasharray="12 9"/>
        <path d="M18 293h134M24 311h122M28 329h114" stroke="#000" stroke-opacity=".22" stroke-width="3.500" stroke-dasharray="12 9"/>
        <rect x="6" y="256" width="156" height="15" rx="7.500"/>
        <path d="M14 256h140q8 0 8 6H6q0-6 8-6z" fill="#fff" fill-opacity=".3"/>
        <path d="M124 271h31l-14 61q-2 8-10 8h-16q12-34 9-69z" fill="#000" fill-opacity=".13"/></g>"""

_LANTERN = """<circle cx="204" cy="262" r="92" fill="url(#hero-glow)"/><g fill="var(--d1,#2f4b7c)">
        <circle cx="204" cy="158" r="13" fill="none" stroke="var(--d1,#2f4b7c)" stroke-width="6"/><path d="M184 172h40l24 34h-88z"/>
        <path d="M212 172h12l24 34h-24z" fill="#000" fill-opacity=".18"/>
        <path d="M168 214h72v106h-72z" fill="var(--sheet,#fff)" fill-opacity=".55"/>
        <path d="M168 214h72v106h-72z" fill="var(--d2,#d97b34)" fill-opacity=".18"/>
        <path d="M160 206h88v10h-88zM160 318h88v16h-88zM164 214h8v106h-8zM236 214h8v106h-8z"/>
        <path d="M160 318h88v5h-88z" fill="#fff" fill-opacity=".25"/></g>
        <rect x="190" y="276" width="28" height="42" rx="3" fill="#fffaf2"/>
        <path d="M208 276h7q3 0 3 3v36q0 3-3 3h-7z" fill="#000" fill-opacity=".08"/>
        <path d="M204 272c-17-19 6-29 0-50 24 16 20 38 0 50z" fill="var(--d2,#d97b34)"/>
        <path d="M204 270c-7-9 3-14 0-25 11 8 9 18 0 25z" fill="#fff" fill-opacity=".75"/>"""

_CAKES = """<g transform="translate(52 34) scale(.9)"><g fill="var(--d3,#3f8f82)"><rect x="416" y="196" width="8" height="136" rx="3"/>
        <circle cx="420" cy="192" r="8"/><path d="M386 340q4-10 26-10h16q22 0 26 10z"/>
        <path d="M352 306h136q-8 15-68 15t-68-15zM372 262h96q-6 13-48 13t-48-13zM390 226h60q-5 11-30 11t-30-11z"/>
        <path d="M352 306h136l-2 4H354zM372 262h96l-2 4h-92zM390 226h60l-2 3h-56z" fill="#fff" fill-opacity=".4"/></g><g>
        <path d="M362 306q0-16 13-16t13 16zM442 306q0-16 13-16t13 16z" fill="var(--d2,#d97b34)"/>
        <path d="M390 306q0-18 14-18t14 18zM424 306q0-18 9-18t9 18z" fill="var(--seal,#b93a2b)"/>
        <path d="M380 262q0-15 12-15t12 15zM438 262q0-15 12-15t12 15z" fill="var(--d4,#a05195)"/>
        <path d="M426 262q0-13 6-13t6 13z" fill="var(--d2,#d97b34)"/>
        <path d="M396 226q0-12 10-12t10 12zM428 226q0-12 9-12t9 12z" fill="var(--seal,#b93a2b)"/></g>
        <g fill="#fffaf2" fill-opacity=".85">
        <path d="M362 300q2-10 13-10t13 10q-13-5-26 0zM442 300q2-10 13-10t13 10q-13-5-26 0zM390 300q2-12 14-12t14 12q-14-5-28 0zM380
        256q2-9 12-9t12 9q-12-5-24 0zM438 256q2-9 12-9t12 9q-12-5-24 0z"/></g></g>"""

_CUP = """<g transform="translate(16 36) scale(.9)">
        <path d="M292 236q-11-14 0-28M314 232q-11-14 0-28M336 236q-11-14 0-28" fill="none" stroke="var(--ink-3,#716a60)"
        stroke-opacity=".4" stroke-width="5" stroke-linecap="round"/><g fill="var(--seal,#b93a2b)">
        <path d="M238 346h144q-9 16-38 16h-68q-29 0-38-16z"/>
        <path d="M368 268q40-4 36 28-4 28-46 30" fill="none" stroke="var(--seal,#b93a2b)" stroke-width="12"/>
        <path d="M256 252h114v46q0 52-57 52t-57-52z"/><path d="M256 262h114v36q0 52-57 52t-57-52z" fill="url(#hero-spots)"/>
        <path d="M340 256h30v42q0 46-44 51 24-30 14-93z" fill="#000" fill-opacity=".15"/>
        <ellipse cx="313" cy="252" rx="57" ry="12" fill="#fffaf2"/>
        <ellipse cx="313" cy="254" rx="48" ry="8" fill="var(--d2,#d97b34)" fill-opacity=".85"/>
        <path d="M238 346h144l-3 5H241z" fill="#fff" fill-opacity=".35"/>
        <path d="M266 278q2 34 18 50" fill="none" stroke="#fff" stroke-opacity=".5" stroke-width="6" stroke-linecap="round"/></g></g>"""

_SPOON = """<g transform="rotate(8 178 372)"><ellipse cx="146" cy="370" rx="17" ry="9" fill="var(--d-before,#b9b1a4)"/>
        <path d="M160 367h62q5 0 5 3t-5 3h-62z" fill="var(--d-before,#b9b1a4)"/>
        <path d="M136 368q6-5 16-4" fill="none" stroke="#fff" stroke-opacity=".7" stroke-width="3" stroke-linecap="round"/></g>"""

_LAYERS = (_WALL, _WINDOW, _HANGING, _TABLE, _SHADOWS, _CAKES, _BASKET, _LANTERN, _CUP, _SPOON)


def hero_svg(language: str) -> str:
    """Return the front page's picture as inline SVG, 5 to 4, named in the reader's language. Draw it once on a page: it carries ids."""
    tongue = "zh" if language.lower().startswith("zh") else "en"
    title = _TITLES[tongue]
    drawn = "".join((_DEFS, *_LAYERS, _slate(*_CHALK[tongue])))
    return (
        '<svg class="drawing hero-drawing" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 500 400" '
        f'preserveAspectRatio="xMidYMid slice" role="img" aria-label="{title}"><title>{title}</title>{" ".join(drawn.split())}</svg>'
    )


def _slate(above: str, below: str) -> str:
    """Return the little slate on the wall with two words in chalk."""
    font = 'font-family="var(--font-title,Georgia,serif)" font-size="19" font-weight="600"'
    chalk = f'{font} text-anchor="middle" fill="#fff" fill-opacity=".85"'
    cord = 'fill="none" stroke="var(--ink-2,#5d564d)" stroke-opacity=".7" stroke-width="2.2"'
    return (
        f'<g transform="translate(-106 -2)"><path d="M182 118l26-22 26 22" {cord}/>'
        '<path d="M170 116h76v62h-76z" fill="var(--d5,#8a7a4b)"/><path d="M176 122h64v50h-64z" fill="#26302d"/>'
        f'<text x="208" y="143" {chalk}>{above}</text><text x="208" y="164" {chalk}>{below}</text></g>'
    )
