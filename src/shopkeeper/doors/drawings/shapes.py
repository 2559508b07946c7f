"""The silhouettes of goods, one short SVG fragment each, in a box of 200 × 200.

What stands is in `drawn_standing`, on the line y = 158; what hangs, hangs from the top edge. Colour comes from outside: plain elements
take the tint. A few marks keep the fragments short and the tones even:

    @k shade, @w light, @p paper (a cut-out), @f flame, @l a line of the tint (give its stroke-width), @m the place for a
    motif, @ink and @white thin lines of either
"""

from __future__ import annotations

from shopkeeper.doors.drawings.standing import STANDING

MARKS = {
    "@k": 'fill="#000" fill-opacity=".15"',
    "@w": 'fill="#fff" fill-opacity=".3"',
    "@p": 'fill="#fffaf2" fill-opacity=".94"',
    "@f": 'fill="var(--d2,#d97b34)"',
    "@l": 'fill="none" stroke="currentColor" stroke-linecap="round" stroke-linejoin="round"',
    "@ink": 'fill="none" stroke="#000" stroke-opacity=".28" stroke-linecap="round" stroke-linejoin="round"',
    "@white": 'fill="none" stroke="#fff" stroke-opacity=".5" stroke-linecap="round" stroke-linejoin="round"',
}

HANGING: dict[str, str] = {
    "bunting": """<path d="M4 52q96 40 192 0" @l stroke-width="3.500"/><path d="M24 61l38 9-26 50z"/><path @f d="M81 71h38l-19 52z"/>
        <path d="M138 70l38-9-12 59z"/><path @m d="M24 61l38 9-26 50zM81 71h38l-19 52zM138 70l38-9-12 59z"/>
        <path @k d="M24 61l38 9-2 6-37-8zM80 71h40l-2 7H82zM138 70l38-9-1 7-35 8z"/>
        <path d="M4 108q96 44 192 0" @l stroke-width="3" stroke-opacity=".6"/>
        <path d="M48 123l34 5-20 40zM118 128l34-5-14 45z" fill-opacity=".6"/>
        <path d="M2 112l14 3-10 28zM184 113l14-4-2 34z" fill-opacity=".6"/>""",
    "paper-chain": """<g fill="none" stroke-width="9"><g stroke="currentColor">
        <ellipse cx="30" cy="66" rx="20" ry="14" transform="rotate(28 30 66)"/><ellipse cx="90" cy="94" rx="20" ry="14"/>
        <ellipse cx="152" cy="78" rx="20" ry="14" transform="rotate(-26 152 78)"/></g><g stroke="currentColor" stroke-opacity=".55">
        <ellipse cx="58" cy="84" rx="18" ry="12" transform="rotate(16 58 84)"/>
        <ellipse cx="122" cy="90" rx="18" ry="12" transform="rotate(-12 122 90)"/>
        <ellipse cx="180" cy="60" rx="18" ry="12" transform="rotate(-34 180 60)"/></g></g>
        <g fill="none" stroke-width="8" stroke-opacity=".5"><g stroke="currentColor">
        <ellipse cx="20" cy="116" rx="18" ry="12" transform="rotate(30 20 116)"/><ellipse cx="76" cy="146" rx="18" ry="12"/>
        <ellipse cx="134" cy="140" rx="18" ry="12" transform="rotate(-20 134 140)"/>
        <ellipse cx="184" cy="110" rx="18" ry="12" transform="rotate(-34 184 110)"/></g><g stroke="var(--d2,#d97b34)">
        <ellipse cx="48" cy="136" rx="16" ry="11" transform="rotate(22 48 136)"/>
        <ellipse cx="106" cy="148" rx="16" ry="11" transform="rotate(-8 106 148)"/>
        <ellipse cx="160" cy="128" rx="16" ry="11" transform="rotate(-30 160 128)"/></g></g>""",
    "lights": """<path d="M0 58q34 44 68 10t66 4 66-22" @l stroke-width="3"/><g>
        <path d="M26 84q-10 18-2 38 16-12 14-38zM72 68q-14 22-4 48 20-14 18-46zM124 74q-12 20-2 44 18-14 14-46zM168 64q-12 18-4 40
        18-12 14-42z"/></g><g @w>
        <path d="M27 90q-6 14-2 24 6-12 6-24zM74 76q-8 16-3 30 8-14 8-30zM126 82q-8 14-3 28 7-14 7-28zM170 70q-8 14-4 26 7-12 7-26z"/>
        </g><g @f fill-opacity=".16"><circle cx="30" cy="102" r="27"/><circle cx="76" cy="92" r="31"/>
        <circle cx="128" cy="96" r="30"/><circle cx="170" cy="84" r="28"/></g>
        <path d="M0 132q40 30 80 8t60 2 60-16" @l stroke-width="2.500" stroke-opacity=".5"/><g fill-opacity=".55">
        <path d="M40 150q-9 14-2 30 14-8 12-30zM104 138q-9 14-2 30 14-8 12-30zM156 140q-9 14-2 30 14-8 12-30z"/></g>""",
    "heart": """<path d="M100 66V0" @l stroke-width="3"/><path d="M92 62q8-10 16 0-8 8-16 0z"/>
        <path d="M100 160c-62-38-70-74-44-90 20-8 40 2 44 20 4-18 24-28 44-20 26 16 18 52-44 90z"/>
        <path @m d="M100 160c-62-38-70-74-44-90 20-8 40 2 44 20 4-18 24-28 44-20 26 16 18 52-44 90z"/>
        <path @k d="M144 70c26 16 18 52-44 90 40-42 52-62 44-90z"/><path d="M58 84q4-10 14-10" @white stroke-width="5"/>
        <path d="M62 110q30-18 60-34M68 124q34-20 66-36M82 140q28-18 52-34" @white stroke-width="1.5"/>""",
    "jar-light": """<path d="M64 62Q66 6 100 6t36 56" @l stroke-width="3.500"/>
        <path d="M66 72h68q8 6 8 16v54q0 12-12 12H70q-12 0-12-12V88q0-10 8-16z" fill-opacity=".32"/>
        <path d="M66 72h68q8 6 8 16v54q0 12-12 12H70q-12 0-12-12V88q0-10 8-16z" @l stroke-width="3.500"/>
        <rect x="62" y="58" width="76" height="14" rx="4"/><path @w d="M66 58h68q4 0 4 5H62q0-5 4-5z"/>
        <circle @f cx="100" cy="118" r="28" fill-opacity=".2"/><rect @p x="80" y="132" width="40" height="16" rx="3"/>
        <path @f d="M100 130c-12-13 4-21 0-36 16 12 13 27 0 36z"/><path d="M68 92v40" @white stroke-width="4"/>""",
    "bauble": """<path d="M100 46V0" @l stroke-width="2.500"/><path d="M100 28c-6-4-6-10 0-10s6 6 0 10z" />
        <rect x="88" y="44" width="24" height="14" rx="3"/><circle cx="100" cy="106" r="50"/><circle @m cx="100" cy="106" r="50"/>
        <path @k d="M135 70a50 50 0 01-70 72q74-10 70-72z"/>
        <path d="M51 100q49 22 98 0M52 116q48 20 96 0" @white stroke-width="3.500"/>
        <path d="M66 86q6-16 20-22" @white stroke-width="5"/>""",
    "star": """<path d="M100 50V0" @l stroke-width="3"/><path d="M100 48l17 37 40 4-30 27 9 40-36-21-36 21 9-40-30-27 40-4z"/>
        <path @k d="M100 48l17 37 40 4-30 27 9 40-36-21z"/><path @w d="M100 48l-17 37 17 25zM43 89l30 27 27-6z"/>""",
    "sign": """<path d="M62 72L100 22l38 50" @l stroke-width="3.500"/><circle cx="100" cy="22" r="5"/>
        <rect x="38" y="70" width="124" height="76" rx="6"/><path @m d="M44 70h112q6 0 6 6v64q0 6-6 6H44q-6 0-6-6V76q0-6 6-6z"/>
        <rect x="46" y="78" width="108" height="60" rx="3" @white stroke-width="2.500"/>
        <path d="M64 98h72M76 116h48" @white stroke-width="7"/><circle @p cx="62" cy="76" r="2.500"/>
        <circle @p cx="138" cy="76" r="2.500"/><path @k d="M38 138h124v2q0 6-6 6H44q-6 0-6-6z"/>""",
    "hook": """<rect x="26" y="58" width="148" height="26" rx="6"/><path @w d="M32 58h136q6 0 6 6H26q0-6 6-6z"/>
        <path d="M52 84v22q0 14 14 14 10 0 10-9M98 84v22q0 14 14 14 10 0 10-9M144 84v22q0 14 14 14 8 0 8-7" @l stroke-width="6"/>
        <circle cx="52" cy="71" r="9" @k/><circle cx="100" cy="71" r="9" @k/><circle cx="148" cy="71" r="9" @k/><g @f>
        <circle cx="52" cy="70" r="7"/></g><circle @p cx="100" cy="70" r="7"/>
        <circle cx="148" cy="70" r="7" fill="var(--d3,#3f8f82)"/>
        <path d="M58 112q-26 8-26 52 24 8 48 0 0-42-22-52z" fill-opacity=".55"/><path @k d="M32 150q24 8 48 0v6q-24 8-48 0z"/>""",
    "knob": """<path d="M18 54h164v98H18z" fill-opacity=".3"/><path @w d="M18 54h164v6H18z"/>
        <path d="M32 68h136v70H32z" @ink stroke-width="3"/><path d="M18 160h164v40H18z" fill-opacity=".2"/>
        <ellipse @k cx="104" cy="112" rx="34" ry="32"/><circle cx="100" cy="103" r="33"/><circle @m cx="100" cy="103" r="33"/>
        <path @k d="M123 80a33 33 0 01-46 47q48-6 46-47z"/><path d="M78 94q4-12 16-15" @white stroke-width="5"/>""",
    "towel": """<path d="M34 52h132" @l stroke-width="7"/><circle cx="32" cy="52" r="7"/><circle cx="168" cy="52" r="7"/>
        <path d="M58 48h84v106q-42 10-84 0z"/><path @m d="M58 60h84v94q-42 10-84 0z"/>
        <path @k d="M58 48h84v11H58zM124 59h18v95q-8 2-18 3z"/><path d="M58 132q42 8 84 0M58 140q42 8 84 0" @white stroke-width="3"/>""",
    "apron": """<path d="M82 58Q80 26 100 26t18 32" @l stroke-width="4.500"/><path d="M54 98l-24 10M146 98l24 10" @l stroke-width="4.500"/>
        <path d="M78 56h44q2 30 30 42-2 34-8 62H56q-6-28-8-62 28-12 30-42z"/>
        <path @m d="M78 56h44q2 30 30 42-2 34-8 62H56q-6-28-8-62 28-12 30-42z"/>
        <path @k d="M122 56q2 30 30 42-2 34-8 62h-22q14-60 0-104z"/><path d="M76 112h48v18q0 12-12 12H88q-12 0-12-12z" @w/>
        <path d="M76 112h48" @white stroke-width="3"/>""",
    "necklace": """<path d="M46 34q-2 92 54 100 56-8 54-100" @l stroke-width="3" stroke-opacity=".6"/><g><circle cx="50" cy="66" r="7"/>
        <circle cx="56" cy="86" r="8"/><circle cx="67" cy="104" r="9"/><circle cx="82" cy="117" r="10"/>
        <circle cx="118" cy="117" r="10"/><circle cx="133" cy="104" r="9"/><circle cx="144" cy="86" r="8"/>
        <circle cx="150" cy="66" r="7"/></g><path d="M100 168c-22-14-26-27-16-33 8-3 16 3 16 10 0-7 8-13 16-10 10 6 6 19-16 33z"/>
        <circle cx="100" cy="123" r="8"/><g @w><circle cx="54" cy="83" r="3"/><circle cx="64" cy="101" r="3.500"/>
        <circle cx="79" cy="113" r="4"/><circle cx="115" cy="113" r="4"/><circle cx="130" cy="101" r="3.500"/>
        <circle cx="142" cy="83" r="3"/><circle cx="90" cy="144" r="4"/></g>""",
    "earrings": """<path d="M66 60q-12-20 2-24 12 0 8 16M128 60q-12-20 2-24 12 0 8 16" @l stroke-width="3.500"/>
        <circle cx="68" cy="70" r="9"/>
        <circle cx="130" cy="70" r="9"/><path d="M68 82q26 34 0 60-26-26 0-60zM130 82q26 34 0 60-26-26 0-60z"/>
        <path @w d="M66 92q-14 20-2 38-6-20 2-38zM128 92q-14 20-2 38-6-20 2-38z"/>
        <path @k d="M68 82q26 34 0 60 12-28 0-60zM130 82q26 34 0 60 12-28 0-60z"/><circle cx="68" cy="150" r="5" />
        <circle cx="130" cy="150" r="5"/><circle @w cx="65" cy="67" r="3"/><circle @w cx="127" cy="67" r="3"/>""",
}

LYING: dict[str, str] = {
    "bracelet": """<ellipse cx="100" cy="108" rx="54" ry="42" @l stroke-width="3" stroke-opacity=".6"/><g><circle cx="100" cy="66" r="10"/>
        <circle cx="130" cy="73" r="11"/><circle cx="149" cy="94" r="12"/><circle cx="150" cy="122" r="13"/>
        <circle cx="128" cy="144" r="14"/><circle cx="100" cy="150" r="14"/><circle cx="72" cy="144" r="14"/>
        <circle cx="50" cy="122" r="13"/><circle cx="51" cy="94" r="12"/><circle cx="70" cy="73" r="11"/></g><g @k>
        <circle cx="130" cy="73" r="11"/><circle cx="150" cy="122" r="13"/><circle cx="100" cy="150" r="14"/>
        <circle cx="50" cy="122" r="13"/><circle cx="70" cy="73" r="11"/></g><g @w><circle cx="97" cy="63" r="3.500"/>
        <circle cx="126" cy="69" r="3.500"/><circle cx="145" cy="90" r="4"/><circle cx="146" cy="117" r="4"/>
        <circle cx="123" cy="139" r="4.500"/><circle cx="95" cy="145" r="4.500"/><circle cx="67" cy="139" r="4.500"/>
        <circle cx="46" cy="117" r="4"/><circle cx="47" cy="90" r="4"/><circle cx="66" cy="69" r="3.500"/></g>""",
    "brooch": """<path d="M58 142L146 66" @ink stroke-width="4"/><g><ellipse cx="100" cy="70" rx="15" ry="22"/>
        <ellipse cx="100" cy="134" rx="15" ry="22"/><ellipse cx="68" cy="102" rx="22" ry="15"/>
        <ellipse cx="132" cy="102" rx="22" ry="15"/></g><g fill-opacity=".65">
        <ellipse cx="77" cy="79" rx="14" ry="20" transform="rotate(-45 77 79)"/>
        <ellipse cx="123" cy="79" rx="14" ry="20" transform="rotate(45 123 79)"/>
        <ellipse cx="77" cy="125" rx="14" ry="20" transform="rotate(45 77 125)"/>
        <ellipse cx="123" cy="125" rx="14" ry="20" transform="rotate(-45 123 125)"/></g><circle @p cx="100" cy="102" r="16"/>
        <circle @f cx="100" cy="102" r="11"/><path d="M94 98q2-4 6-4" @white stroke-width="3"/>""",
}

FRAGMENTS: dict[str, str] = {**STANDING, **HANGING, **LYING}
