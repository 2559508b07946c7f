"""The silhouettes of goods that stand on a table, on the line y = 158; how they are written is told in `drawn_shapes`."""

from __future__ import annotations

STANDING: dict[str, str] = {
    # bags and what is carried
    "bag": """<path d="M78 84V66q0-24 22-24t22 24v18" @l stroke-width="6"/><path d="M54 78h92l8 80H46z"/><path @m d="M54 78h92l8 80H46z"/>
        <path @k d="M132 78h14l8 80h-16z"/><path @k d="M54 78h92l.8 8H53.200z"/><circle @p cx="78" cy="83" r="2.600"/>
        <circle @p cx="122" cy="83" r="2.600"/>""",
    "lunch-bag": """<path d="M82 62q0-16 18-16t18 16" @l stroke-width="6"/>
        <path d="M62 72q0-10 10-10h56q10 0 10 10v78q0 8-8 8H70q-8 0-8-8z"/>
        <path @m d="M62 88h76v62q0 8-8 8H70q-8 0-8-8z"/><path @k d="M62 72q0-10 10-10h56q10 0 10 10v18H62z"/>
        <path @k d="M126 90h12v60q0 8-8 8h-4z"/><path d="M66 90h68" @white stroke-width="1.600" stroke-dasharray="4 4"/>
        <rect @p x="92" y="84" width="16" height="10" rx="3"/>""",
    "lunch-box": """<path d="M80 90v-8q0-8 8-8h24q8 0 8 8v8" @l stroke-width="6"/><rect x="46" y="88" width="108" height="70" rx="12"/>
        <path @m d="M46 118h108v28q0 12-12 12H58q-12 0-12-12z"/><path @k d="M46 112h108v6H46z"/>
        <rect @p x="90" y="106" width="20" height="18" rx="4"/><path @w d="M58 88h84q12 0 12 12v2H46v-2q0-12 12-12z"/>""",
    "purse": """<path d="M62 92q38-24 76 0 18 30 10 50-4 16-22 16H74q-18 0-22-16-8-20 10-50z"/>
        <path @m d="M60 100h80q16 26 8 44-4 14-22 14H74q-18 0-22-14-8-18 8-44z"/><path d="M62 93q38-22 76 0" @ink stroke-width="6"/>
        <circle cx="95" cy="77" r="6"/><circle cx="106" cy="77" r="6"/>
        <path @k d="M128 104q18 26 12 42-3 10-14 12 18 0 22-16 8-20-10-44z"/>""",
    "wash-bag": """<path d="M50 100q0-16 16-16h68q16 0 16 16v42q0 16-16 16H66q-16 0-16-16z"/>
        <path @m d="M50 108h100v34q0 16-16 16H66q-16 0-16-16z"/><path d="M56 96h88" @white stroke-width="3"/>
        <rect @p x="132" y="92" width="8" height="20" rx="3"/><path @k d="M50 140h100v4q0 14-16 14H66q-16 0-16-14z"/>""",
    "wallet": """<rect x="52" y="88" width="96" height="70" rx="8"/><path @m d="M52 104h96v46q0 8-8 8H60q-8 0-8-8z"/>
        <rect @p x="64" y="76" width="66" height="28" rx="4"/><path d="M72 86h30M72 94h18" @ink stroke-width="3"/>
        <path d="M52 104h96v46q0 8-8 8H60q-8 0-8-8z" fill-opacity=".55"/><path @k d="M52 104h96v5H52z"/>""",
    "basket": """<path d="M62 100q0-50 38-50t38 50" @l stroke-width="7"/><path d="M46 98h108l-11 54q-1 6-8 6H65q-7 0-8-6z"/>
        <path d="M52 112h96M55 126h90M58 140h84" @white stroke-width="3" stroke-dasharray="9 7"/>
        <path d="M50 119h98M56 133h88M59 147h82" @ink stroke-width="2.500" stroke-dasharray="9 7"/>
        <rect x="42" y="92" width="116" height="12" rx="6"/><path @w d="M48 92h104q6 0 6 5H42q0-5 6-5z"/>""",
    "crate": """<path d="M48 92h104v66H48z"/><path @k d="M48 111h104v5H48zM48 134h104v5H48z"/>
        <path @w d="M48 92h10v66H48zM142 92h10v66h-10z"/><path @f d="M66 92q0-18 15-18t15 18z"/>
        <path d="M92 92q0-22 18-22t18 22z" fill="var(--d3,#3f8f82)"/><path @f d="M122 92q0-14 11-14t11 14z"/>
        <path d="M81 74q1-7 6-9M110 70q1-8 7-10" @ink stroke-width="2.500"/>""",
    # storage
    "box": """<path d="M54 88h92v64q0 6-6 6H60q-6 0-6-6z"/><path @m d="M54 98h92v54q0 6-6 6H60q-6 0-6-6z"/>
        <path @k d="M130 98h16v54q0 6-6 6h-10z"/><rect x="47" y="74" width="106" height="24" rx="5"/>
        <path @m d="M52 74h96q5 0 5 5v14q0 5-5 5H52q-5 0-5-5V79q0-5 5-5z"/><path @k d="M54 98h92v5H54z"/>
        <rect @p x="84" y="116" width="32" height="18" rx="2"/>""",
    "drawers": """<path d="M60 150h10v8H60zM130 150h10v8h-10z"/><rect x="50" y="62" width="100" height="90" rx="4"/>
        <path @w d="M46 58h108v8H46z"/><path d="M58 74h84v20H58zM58 100h84v20H58zM58 126h84v18H58z" @ink stroke-width="2.500"/>
        <circle @p cx="100" cy="84" r="4.500"/><circle @p cx="100" cy="110" r="4.500"/><circle @p cx="100" cy="135" r="4.500"/>
        <path @k d="M134 66h16v86h-16z"/>""",
    "tin": """<path d="M62 118h76v34q-38 12-76 0z" transform="translate(0 2)"/><ellipse cx="100" cy="118" rx="38" ry="8"/>
        <path d="M56 84h88v36q-44 14-88 0z"/><path @m d="M56 84h88v36q-44 14-88 0z"/><path @k d="M122 84h22v36q-10 4-22 6z"/>
        <path @k d="M62 125q38 10 76 0v6q-38 10-76 0z"/><path d="M52 70h96v14q-48 14-96 0z"/>
        <ellipse cx="100" cy="70" rx="48" ry="10"/><ellipse @w cx="100" cy="70" rx="48" ry="10"/><circle cx="100" cy="65" r="5"/>""",
    "canister": """<path d="M62 74h76v76q-38 14-76 0z"/><path @m d="M62 74h76v76q-38 14-76 0z"/><path @k d="M118 74h20v76q-9 4-20 5z"/>
        <rect @p x="76" y="98" width="48" height="28" rx="3"/><path d="M84 108h32M90 116h20" @ink stroke-width="3"/>
        <path d="M58 62h84v14q-42 12-84 0z"/><ellipse cx="100" cy="62" rx="42" ry="8"/><ellipse @w cx="100" cy="62" rx="42" ry="8"/>
        <circle cx="100" cy="54" r="6"/>""",
    "trinket": """<path d="M56 112h88q-2 46-44 46t-44-46z"/><path @m d="M56 112h88q-2 46-44 46t-44-46z"/>
        <path @k d="M118 112h26q-2 40-36 45 18-14 10-45z"/><path d="M52 108q6-36 48-36t48 36q-48 12-96 0z"/>
        <path @w d="M62 102q8-22 34-24-20 8-24 26z"/><path d="M100 76c-14-10-16-20-8-24 5-2 8 2 8 5 0-3 3-7 8-5 8 4 6 14-8 24z"/>
        <path @k d="M52 108q48 12 96 0l-2 7q-46 10-92 0z"/>""",
    "strawberry": """<path d="M50 104q4-26 50-26t50 26q-6 54-50 54t-50-54z"/>
        <path d="M70 116v6M90 112v6M110 112v6M130 116v6M80 130v6M100 128v6M120 130v6M92 144v5M108 144v5" @white stroke-width="3.500"/>
        <path @k d="M132 84q16 8 18 20-6 46-42 53 30-20 24-73z"/>
        <path d="M100 56q-4 12-24 14 12 8 10 18 8-8 14-2 6-6 14 2-2-10 10-18-20-2-24-14z" fill="var(--d3,#3f8f82)"/>""",
    # kitchen
    "cake-stand": """<rect x="97" y="44" width="6" height="110" rx="2"/><circle cx="100" cy="42" r="6" />
        <path d="M74 158q4-8 22-8h8q18 0 22 8z"/>
        <path d="M46 136h108q-6 11-54 11t-54-11zM60 104h80q-5 10-40 10t-40-10zM74 72h52q-4 9-26 9t-26-9z"/>
        <path @f d="M52 136q0-12 10-12t10 12zM128 136q0-12 10-12t10 12zM66 104q0-11 9-11t9 11z"/>
        <path @p d="M74 136q0-13 10-13t10 13zM106 136q0-13 10-13t10 13zM116 104q0-11 9-11t9 11z" />
        <path d="M80 72q0-9 7-9t7 9zM106 72q0-9 7-9t7 9z" fill-opacity=".6"/>
        <path @w d="M46 136h108l-1.500 3h-105zM60 104h80l-1.500 3h-77zM74 72h52l-1.500 2.500h-49z"/>""",
    "cake-case": """<path d="M62 108h76l-10 46q-1 4-5 4H77q-4 0-5-4z"/><path @m d="M62 108h76l-10 46q-1 4-5 4H77q-4 0-5-4z"/>
        <path d="M74 110l5 46M87 110l3 47M100 110v47M113 110l-3 47M126 110l-5 46" @ink stroke-width="2.500"/>
        <path @p d="M56 108q-4-16 12-20 2-20 24-20 8-14 24 0 20 0 20 20 14 6 8 20-44 12-88 0z"/>
        <path @k d="M112 70q22-2 24 18 14 6 8 20-12 4-26 5 18-14-6-43z"/><circle cx="102" cy="60" r="8"/>
        <path d="M104 53q2-9 9-11" @l stroke-width="2.500"/>""",
    "popcorn": """<g @p><circle cx="74" cy="82" r="14"/><circle cx="126" cy="82" r="14"/><circle cx="92" cy="68" r="15"/>
        <circle cx="112" cy="70" r="15"/><circle cx="100" cy="86" r="16"/><circle cx="82" cy="62" r="9"/></g><g @f fill-opacity=".5">
        <circle cx="92" cy="66" r="4"/><circle cx="116" cy="74" r="4"/><circle cx="76" cy="82" r="3.500"/>
        <circle cx="104" cy="84" r="3.500"/></g><path d="M58 90h84l-12 64q-.6 4-5 4H75q-4.400 0-5-4z"/>
        <path d="M72 90h14l4 68H78zM100 90h14l-4 68H98zM128 90h14l-12 64q-.6 4-5 4h-5z" fill="#fffaf2" fill-opacity=".85"/>
        <path @k d="M124 90h18l-12 64q-.6 4-5 4h-9z"/>
        <path d="M58 90l7 6 7-6 7 6 7-6 7 6 7-6 7 6 7-6 7 6 7-6 7 6 7-6" @l stroke-width="3"/>""",
    "cup": """<path d="M50 150h100q-6 8-24 8H74q-18 0-24-8z"/><path d="M60 84h72v30q0 34-36 34t-36-34z"/>
        <path @m d="M60 92h72v22q0 34-36 34t-36-34z"/><path d="M132 94q24-2 22 16-2 16-26 18" @l stroke-width="7"/>
        <ellipse @p cx="96" cy="84" rx="36" ry="8"/><ellipse cx="96" cy="85" rx="30" ry="5" fill-opacity=".55"/>
        <path @k d="M112 92h20v22q0 30-28 34 14-16 8-56z"/>
        <path d="M84 70q-6-8 0-16M98 70q-6-8 0-16M112 70q-6-8 0-16" @l stroke-width="3" stroke-opacity=".45"/>""",
    "mug": """<path d="M130 86q30-4 28 24-2 26-30 26" @l stroke-width="9"/><path d="M56 70h76v80q0 8-8 8H64q-8 0-8-8z"/>
        <path @m d="M56 78h76v72q0 8-8 8H64q-8 0-8-8z"/><path @k d="M116 74h16v76q0 8-8 8h-8z"/>
        <ellipse cx="94" cy="70" rx="38" ry="7"/><ellipse @p cx="94" cy="70" rx="38" ry="7"/>
        <ellipse cx="94" cy="71" rx="32" ry="4.500" fill-opacity=".6"/>
        <path d="M84 56q-6-8 0-16M102 56q-6-8 0-16" @l stroke-width="3" stroke-opacity=".45"/>""",
    "paper-cup": """<path d="M62 78h76l-11 76q-.6 4-5 4H78q-4.400 0-5-4z"/><path @m d="M62 78h76l-11 76q-.6 4-5 4H78q-4.400 0-5-4z"/>
        <path @k d="M120 78h18l-11 76q-.6 4-5 4h-9z"/><rect x="57" y="72" width="86" height="9" rx="4.500"/>
        <path @w d="M61 72h78q4 0 4 4H57q0-4 4-4z"/><path d="M108 72l12-34" @l stroke-width="6"/>
        <path d="M108 72l12-34" @white stroke-width="2.500" stroke-dasharray="5 6"/>""",
    "teapot": """<path d="M134 108q34-2 24-34" @l stroke-width="10"/><path d="M62 96q-28-8-26 20 2 24 30 26" @l stroke-width="8"/>
        <path d="M56 150h86l-6 8H62z"/><path d="M54 118q0-38 46-38t46 38q0 34-32 34H86q-32 0-32-34z"/>
        <path @m d="M54 118q0-38 46-38t46 38q0 34-32 34H86q-32 0-32-34z"/>
        <path @k d="M128 88q18 10 18 30 0 34-32 34h-8q34-14 22-64z"/><path d="M72 86q4-16 28-16t28 16q-28 8-56 0z"/>
        <circle cx="100" cy="64" r="7"/><path @w d="M66 104q8-14 22-18-12 8-16 24z"/>""",
    "sugar-bowl": """<path d="M58 106q-20 2-14 18 4 10 18 10M142 106q20 2 14 18-4 10-18 10" @l stroke-width="6"/>
        <path d="M56 100h88q2 50-30 52v6H86v-6q-32-2-30-52z"/><path @m d="M56 104h88q2 46-30 48H86q-32-2-30-48z"/>
        <path d="M58 98q4-26 42-26t42 26q-42 10-84 0z"/><circle cx="100" cy="66" r="7"/>
        <path @k d="M122 104h22q2 46-30 48 14-14 8-48z"/><path @w d="M70 92q6-12 22-14-10 6-12 16z"/>""",
    "jug": """<path d="M132 84q30-4 24 26-4 20-28 24" @l stroke-width="8"/>
        <path d="M64 66h50l24-10-6 24q14 30 6 60-3 18-20 18H82q-16 0-20-18-7-32 6-60z"/>
        <path @m d="M64 92h72q6 24 2 48-3 18-20 18H82q-16 0-20-18-4-24 2-48z"/>
        <path @k d="M120 80h12q14 30 6 60-3 18-20 18h-6q22-30 8-78z"/><path @w d="M64 66h50l24-10-3 12q-40 8-70 4z"/>""",
    "milk-bottle": """<path d="M86 44h28v26q20 10 20 32v48q0 8-8 8H74q-8 0-8-8v-48q0-22 20-32z" fill-opacity=".45"/>
        <path d="M66 104q34 10 68 0v46q0 8-8 8H74q-8 0-8-8z" /><path @m d="M66 104q34 10 68 0v46q0 8-8 8H74q-8 0-8-8z"/>
        <rect x="82" y="38" width="36" height="12" rx="4"/><path @w d="M74 100q4-16 16-22v70q0 6-8 6-8-4-8-8z"/>
        <path @k d="M120 106q8-1 14-2v46q0 8-8 8h-6z"/>""",
    "bottle": """<path d="M88 40h24v34q18 10 18 30v46q0 8-8 8H78q-8 0-8-8v-46q0-20 18-30z"/><rect @p x="70" y="108" width="60" height="30"/>
        <path d="M80 118h40M86 127h28" @ink stroke-width="3"/><path @w d="M92 44h5v34q-12 8-12 26h-7q0-18 14-28z"/>
        <rect x="85" y="34" width="30" height="12" rx="3"/><path @k d="M116 90q14 6 14 16v44q0 8-8 8h-6z"/>""",
    "jar": """<path d="M66 80h68q8 6 8 16v52q0 10-10 10H68q-10 0-10-10V96q0-10 8-16z" fill-opacity=".4"/>
        <path d="M58 104q42 10 84 0v44q0 10-10 10H68q-10 0-10-10z"/><path @w d="M64 96q0-8 6-10v62q0 6-6 2z"/>
        <rect @p x="74" y="114" width="52" height="28" rx="3"/>
        <path d="M100 136c-12-8-12-15-7-17 4-1 7 2 7 4 0-2 3-5 7-4 5 2 5 9-7 17z"/><path d="M56 60q44-18 88 0l4 16q-48 10-96 0z"/>
        <path @m d="M56 60q44-18 88 0l4 16q-48 10-96 0z"/><path d="M60 77q40 8 80 0" @ink stroke-width="3"/>""",
    "egg-cup": """<path d="M70 96q0-40 30-40t30 40z" @p/><path @k d="M112 60q18 10 18 36h-14q4-20-4-36z"/>
        <path d="M62 94h76q0 30-24 36l2 16q14 2 18 12H66q4-10 18-12l2-16q-24-6-24-36z"/>
        <path @m d="M62 94h76q0 30-24 36H86q-24-6-24-36z"/><path @k d="M118 94h20q0 28-22 35 6-18 2-35z"/>
        <path @w d="M62 94h76v4H62z"/>""",
    "bowl": """<path d="M44 98h112q0 44-36 52v8H80v-8q-36-8-36-52z"/><path @m d="M45 104h110q-3 38-35 46H80q-32-8-35-46z"/>
        <ellipse @p cx="100" cy="98" rx="56" ry="12"/><ellipse cx="100" cy="99" rx="47" ry="8" fill-opacity=".4"/>
        <path @k d="M130 106q14-2 25-4-3 40-35 48 14-18 10-44z"/>""",
    "plate": """<circle cx="100" cy="102" r="58"/><circle @m cx="100" cy="102" r="58"/><circle @p cx="100" cy="102" r="38"/>
        <circle cx="100" cy="102" r="38" fill-opacity=".12"/>
        <circle cx="100" cy="102" r="32" @l stroke-width="2" stroke-opacity=".5"/>
        <path @k d="M141 61a58 58 0 01-82 82 62 62 0 0082-82z"/><path d="M58 92q6-22 26-32" @white stroke-width="4"/>""",
    "cloche": """<rect x="46" y="146" width="108" height="12" rx="6"/><path d="M60 146v-36q0-44 40-44t40 44v36z" fill-opacity=".28"/>
        <path d="M60 146v-36q0-44 40-44t40 44v36" @l stroke-width="4"/>
        <path d="M100 146v-30M100 128q-16-2-18-16 16 0 18 16zM100 120q2-16 18-18 0 16-18 18z" @l stroke-width="4"/>
        <path d="M82 112q16 0 18 16-16-2-18-16zM118 102q0 16-18 18 2-16 18-18z"/><circle cx="100" cy="60" r="7"/>
        <path d="M70 132v-22q0-20 12-28" @white stroke-width="4"/>""",
    "butter-dish": """<path d="M40 146h120q-4 12-22 12H62q-18 0-22-12z"/>
        <path d="M58 144V116q0-18 18-18h48q18 0 18 18v28z" fill-opacity=".35"/>
        <rect @f x="70" y="120" width="60" height="24" rx="3"/><path @w d="M70 120h60v7H70z"/>
        <path d="M58 144V116q0-18 18-18h48q18 0 18 18v28" @l stroke-width="4"/><circle cx="100" cy="91" r="7"/>
        <path d="M68 132v-14q0-9 9-10" @white stroke-width="4"/>""",
    "whisk": """<path d="M58 120h84q-2 38-42 38t-42-38z"/><path @m d="M58 120h84q-2 38-42 38t-42-38z"/>
        <rect x="50" y="112" width="100" height="10" rx="5"/><path @k d="M120 122h22q-2 32-32 36 14-14 10-36z"/>
        <path d="M112 112l20-58" @l stroke-width="6"/>
        <path d="M88 110q-26-30-12-52M88 110q-14-34-8-54M88 110q4-36-2-54M88 110q18-30 4-52" @l stroke-width="2.800"/>
        <path d="M84 58l-6-26" @l stroke-width="7"/>""",
    "jelly": """<path d="M42 150h116q-6 8-22 8H64q-16 0-22-8z"/>
        <path d="M54 150q2-22 10-30 0-24 16-26 2-20 20-20t20 20q16 2 16 26 8 8 10 30z" fill-opacity=".8"/>
        <path @w d="M64 122q0-24 16-26 4 30-6 54H60q0-18 4-28z"/><path @k d="M120 96q16 2 16 24 8 8 10 30h-20q6-30-6-54z"/>
        <path d="M80 96q-2 28-8 54M100 78v72M120 96q2 28 8 54" @ink stroke-width="2"/><circle cx="100" cy="68" r="7"/>""",
    "bread-bin": """<path d="M42 104q0-34 34-34h48q34 0 34 34v46q0 8-8 8H50q-8 0-8-8z"/><path d="M42 112h116" @ink stroke-width="4"/>
        <path @w d="M50 98q2-20 26-20h20q-26 2-30 24z"/><rect @p x="82" y="118" width="36" height="9" rx="4.500"/>
        <path @k d="M136 76q22 6 22 28v46q0 8-8 8h-14z"/><path d="M60 142h80" @white stroke-width="3"/>""",
    "scales": """<path d="M58 158q0-58 42-58t42 58z"/><circle @p cx="100" cy="132" r="20"/><path d="M100 132l9-11" @l stroke-width="3.500"/>
        <path d="M100 116v3M116 132h-3M84 132h3" @l stroke-width="2.500"/><rect x="92" y="84" width="16" height="18"/>
        <path d="M44 66h112q-8 22-56 22T44 66z"/><path @w d="M44 66h112l-3 6H47z"/><path @k d="M124 106q18 14 18 52h-14q6-30-4-52z"/>
        <circle cx="100" cy="132" r="2.500"/>""",
    "napkin": """<path d="M40 128l60-34 60 34-60 34z" fill-opacity=".5"/><path d="M40 116l60-34 60 34-60 34z" fill-opacity=".75"/>
        <path @k d="M40 116l60 34 60-34v4l-60 34-60-34z"/><path d="M40 104l60-34 60 34-60 34z"/>
        <path @m d="M40 104l60-34 60 34-60 34z"/><path @k d="M100 70l60 34-60 34z"/>
        <path d="M52 104l48-27 48 27-48 27z" @white stroke-width="2" stroke-dasharray="3 4"/>""",
    "cutlery": """<path d="M60 48q12 4 12 26t-8 26v54q0 6-5 6t-5-6V100z"/><path d="M92 48v22M100 48v26M108 48v22" @l stroke-width="4.500"/>
        <path d="M89.700 64h20.600v14q0 8-5.300 10v66q0 6-5 6t-5-6V88q-5.300-2-5.300-10z"/><ellipse cx="138" cy="70" rx="13" ry="21"/>
        <path d="M133 88h10v66q0 6-5 6t-5-6z"/><path @w d="M132 64q1-10 7-11-3 8-2 22-5-2-5-11z"/>
        <path @m d="M54 106h10v50H54zM95 106h10v50H95zM133 106h10v50h-10z"/>
        <path @k d="M54 104h10v5H54zM95 104h10v5H95zM133 104h10v5h-10z"/>""",
    "t-light": """<path d="M62 108h76q2 34-18 42v8H80v-8q-20-8-18-42z" fill-opacity=".4"/>
        <path d="M62 108h76q2 34-18 42v8H80v-8q-20-8-18-42z" @l stroke-width="3.500"/>
        <path d="M100 150c-22-14-26-27-16-32 8-3 16 3 16 9 0-6 8-12 16-9 10 5 6 18-16 32z"/>
        <rect @p x="82" y="92" width="36" height="16" rx="3"/><path @f d="M100 90c-12-14 4-22 0-38 16 12 14 28 0 38z"/>
        <path d="M100 88c-5-7 2-11 0-19 7 7 6 14 0 19z" fill="#fff" fill-opacity=".6"/>
        <path d="M70 116q0 14 6 22" @white stroke-width="4"/>""",
    "candle": """<path d="M54 148h92q-4 10-20 10H74q-16 0-20-10z"/><path d="M78 84h44v64H78z"/><path @k d="M108 84h14v64h-14z"/>
        <ellipse cx="100" cy="84" rx="22" ry="6"/><ellipse @w cx="100" cy="84" rx="22" ry="6"/>
        <path d="M82 84v20q0 5 4 5t4-5V92" fill="#fff" fill-opacity=".3"/><path @f d="M100 80c-15-17 5-27 0-46 20 15 17 34 0 46z"/>
        <path d="M100 78c-6-9 2-14 0-24 9 8 8 18 0 24z" fill="#fff" fill-opacity=".6"/>""",
    "lantern": """<circle cx="100" cy="38" r="10" @l stroke-width="5"/><path d="M84 50h32l20 24H64z"/>
        <path d="M66 78h68v72H66z" fill-opacity=".25"/><path d="M62 74h76v8H62zM62 148h76v10H62zM64 80h7v70h-7zM129 80h7v70h-7z"/>
        <path @k d="M104 50h12l20 24h-20z"/><circle @f cx="100" cy="112" r="26" fill-opacity=".2"/>
        <rect @p x="90" y="122" width="20" height="26" rx="2"/><path @f d="M100 118c-10-11 3-18 0-30 13 10 11 22 0 30z"/>
        <path d="M78 90v50" @white stroke-width="3.500"/>""",
    "lamp": """<path d="M78 46h44l24 56H54z"/><path @m d="M78 46h44l24 56H54z"/><path @k d="M110 46h12l24 56h-22z"/>
        <path @f d="M62 102h76l14 44H48z" fill-opacity=".14"/><path d="M96 102h8v34h-8z"/><path d="M72 158q2-24 28-24t28 24z"/>
        <path @w d="M78 46h10L66 102H54z"/>""",
    "toadstool": """<path d="M84 112h32q-4 26 6 46H78q10-20 6-46z" @p/><path @k d="M106 112h10q-4 26 6 46h-14q4-22-2-46z"/>
        <path d="M42 116q4-60 58-60t58 60q-58 14-116 0z"/><path @k d="M122 60q34 10 36 56-14 3-30 5 14-34-6-61z"/><g @p>
        <circle cx="76" cy="88" r="9"/><circle cx="108" cy="74" r="7"/><circle cx="128" cy="98" r="8"/>
        <circle cx="100" cy="104" r="6"/><circle cx="58" cy="108" r="5"/></g><circle @f cx="100" cy="140" r="6" fill-opacity=".8"/>""",
    "matches": """<path d="M64 96h72v56q0 6-6 6H70q-6 0-6-6z"/><path @m d="M64 96h72v56q0 6-6 6H70q-6 0-6-6z"/>
        <path d="M76 96V60M88 96V52M100 96V58M112 96V50M124 96V62" stroke="var(--d5,#8a7a4b)" stroke-width="5" fill="none"/><g @f>
        <ellipse cx="76" cy="57" rx="5" ry="7"/><ellipse cx="88" cy="49" rx="5" ry="7"/><ellipse cx="100" cy="55" rx="5" ry="7"/>
        <ellipse cx="112" cy="47" rx="5" ry="7"/><ellipse cx="124" cy="59" rx="5" ry="7"/></g>
        <path @k d="M64 96h72v6H64zM122 102h14v50q0 6-6 6h-8z"/>""",
    # garden
    "watering-can": """<path d="M124 92l34-36" @l stroke-width="10"/><path d="M146 44l22 20-8 8-22-20z"/>
        <path d="M70 86q0-36 32-34 22 2 24 34" @l stroke-width="6"/><path d="M60 108q-26 2-20 24 4 14 22 12" @l stroke-width="6"/>
        <path d="M58 86h74l6 66q0 6-6 6H58q-6 0-6-6z"/><path @m d="M58 86h74l6 66q0 6-6 6H58q-6 0-6-6z"/>
        <path @k d="M114 86h18l6 66q0 6-6 6h-14z"/><path @w d="M58 86h74l.6 6H57.400z"/>
        <path d="M168 76v5M175 70v5M173 84v5" @l stroke-width="3" stroke-opacity=".5"/>""",
    "plant-pot": """<g fill="var(--d3,#3f8f82)"><path d="M100 104q-4-30-34-32 0 30 34 32z"/><path d="M100 104q2-40 32-46 6 38-32 46z"/>
        <path d="M100 104q-14-26-4-56 20 24 4 56z"/></g><path d="M100 104V70" @ink stroke-width="2.500"/>
        <path d="M62 108h76l-10 46q-1 4-5 4H77q-4 0-5-4z"/><path @m d="M62 108h76l-10 46q-1 4-5 4H77q-4 0-5-4z"/>
        <path @k d="M118 108h20l-10 46q-1 4-5 4h-9z"/><rect x="56" y="98" width="88" height="14" rx="4"/>
        <path @w d="M60 98h80q4 0 4 5H56q0-5 4-5z"/>""",
    "plant-ladder": """<path d="M66 158l18-114M134 158l-18-114" @l stroke-width="6"/>
        <path d="M56 136h88v8H56zM64 100h72v8H64zM74 66h52v8H74z"/>
        <g fill="var(--d3,#3f8f82)"><circle cx="72" cy="120" r="8"/><circle cx="128" cy="118" r="9"/><circle cx="100" cy="84" r="8"/>
        <circle cx="100" cy="50" r="8"/></g>
        <path d="M64 124h16l-3 12H67zM119 124h18l-3 12h-12zM92 90h16l-3 10H95zM92 55h16l-3 11H95z"/>
        <path @k d="M64 124h16l-.6 3H64.600zM119 124h18l-.6 3h-16.800zM92 90h16l-.6 2.500H92.600z"/>""",
    "birdhouse": """<path d="M96 130h8v28h-8z"/><path d="M62 78h76v56H62z"/><path @m d="M62 78h76v56H62z"/>
        <path d="M100 38l52 42-6 8-46-36-46 36-6-8z"/><path @k d="M100 52l46 36h-8v46h-14V72z"/><circle @p cx="100" cy="98" r="13"/>
        <circle cx="100" cy="98" r="13" fill-opacity=".55"/><path d="M100 120h14" @l stroke-width="4"/>
        <path @w d="M100 38l52 42-3 4-49-38-49 38-3-4z"/>""",
    "birdcage": """<circle cx="100" cy="40" r="7" @l stroke-width="4"/><path d="M60 148v-52q0-46 40-46t40 46v52" @l stroke-width="4.500"/>
        <path d="M80 148V92q0-36 20-42M100 148V50M120 148V92q0-36-20-42M60 104h80" @l stroke-width="2.800"/>
        <rect x="52" y="146" width="96" height="12" rx="5"/><g fill="var(--d3,#3f8f82)">
        <path d="M100 146q-26-4-26-24 24 0 26 24zM100 146q26-6 24-30-24 4-24 30zM100 146q-8-24 2-40 10 18-2 40z"/></g>
        <path @w d="M57 146h86q5 0 5 4H52q0-4 5-4z"/>""",
    "flower": """<path d="M100 104v54M100 142q-20-2-26-20 22-2 26 20zM100 134q4-18 24-20 0 18-24 20z" @l stroke-width="5"/>
        <path d="M100 142q-20-2-26-20 22-2 26 20zM100 134q4-18 24-20 0 18-24 20z"/><g><circle cx="100" cy="54" r="17"/>
        <circle cx="76" cy="71" r="17"/><circle cx="124" cy="71" r="17"/><circle cx="85" cy="98" r="17"/>
        <circle cx="115" cy="98" r="17"/></g><path @k d="M124 54a17 17 0 018 31 17 17 0 01-10 27 17 17 0 01-10-5q26-18 12-53z"/>
        <circle @p cx="100" cy="79" r="14"/><circle @f cx="100" cy="79" r="9"/>""",
    "parasol": """<path d="M100 60v90q0 10 10 10" @l stroke-width="5"/>
        <path d="M34 102Q46 42 100 42t66 60q-11-10-22 0-11-10-22 0-11-10-22 0-11-10-22 0-11-10-22 0-11-10-22 0z"/>
        <path @m d="M34 102Q46 42 100 42t66 60q-11-10-22 0-11-10-22 0-11-10-22 0-11-10-22 0-11-10-22 0-11-10-22 0z"/>
        <path @k d="M100 42q26 10 44 60 11-10 22 0Q154 42 100 42z"/>
        <path d="M100 44Q70 66 56 102M100 44q-16 20-22 58M100 44v58M100 44q16 20 22 58M100 44q30 22 44 58" @white stroke-width="1.800"/>
        <path d="M100 42v-10" @l stroke-width="5"/>""",
    "umbrella": """<path d="M100 58v82q0 18-15 18-13 0-13-13" @l stroke-width="6"/>
        <path d="M38 108Q40 46 100 46t62 62q-16-14-31 0-15-14-31 0-15-14-31 0-15-14-31 0z"/>
        <path @m d="M38 108Q40 46 100 46t62 62q-16-14-31 0-15-14-31 0-15-14-31 0-15-14-31 0z"/>
        <path @k d="M100 46q28 14 31 62 15-14 31 0 -2-62-62-62z"/>
        <path d="M100 48Q74 62 69 106M100 48q26 14 31 58" @ink stroke-width="2"/><path d="M100 46v-9" @l stroke-width="6"/>
        <path d="M54 84q8-22 28-30" @white stroke-width="4"/>""",
    "poncho": """<path d="M100 46q24 0 26 26l34 62q-24 16-60 16t-60-16l34-62q2-26 26-26z"/>
        <path @m d="M74 74h52l34 60q-24 16-60 16t-60-16z"/>
        <path @p d="M86 72q0-14 14-14t14 14q-2 14-14 14T86 72z"/><path @k d="M126 72l34 62q-12 8-28 12-2-40-16-62 8-4 10-12z"/>
        <path d="M84 146v10M116 146v10" @l stroke-width="8"/>""",
    # home
    "cushion": """<path d="M44 70q56 14 112 0-12 44 0 84-56-12-112 0 12-42 0-84z"/>
        <path @m d="M44 70q56 14 112 0-12 44 0 84-56-12-112 0 12-42 0-84z"/>
        <path @k d="M136 73q10-1 20-3-12 44 0 84-12-3-24-4 14-38 4-77z"/><path d="M58 84q-4 28 0 58" @white stroke-width="3.500"/>
        <circle cx="100" cy="112" r="4" @k/>""",
    "kneeling-pad": """<path d="M40 112q0-14 14-14h92q14 0 14 14v28q0 18-18 18H58q-18 0-18-18z"/>
        <path d="M50 112q0-5 5-5h90q5 0 5 5v24q0 12-12 12H62q-12 0-12-12z" @white stroke-width="2" stroke-dasharray="5 5"/>
        <path @k d="M40 140h120q-1 18-18 18H58q-17 0-18-18z"/><path d="M84 98q0-14 16-14t16 14" @l stroke-width="6"/>
        <path d="M72 122h56M84 132h32" @white stroke-width="4"/>""",
    "hot-water-bottle": """<path d="M84 42h32v20H84z"/><path @k d="M84 54h32v8H84z"/>
        <path d="M86 60h28q2 12 16 16 16 6 16 24v42q0 16-16 16H70q-16 0-16-16v-42q0-18 16-24 14-4 16-16z"/>
        <path @m d="M86 64h28q2 10 16 14 16 6 16 24v40q0 16-16 16H70q-16 0-16-16v-40q0-18 16-24 14-4 16-14z"/>
        <path @k d="M130 76q16 6 16 24v42q0 16-16 16h-10q18-40 10-82z"/>
        <path @p d="M100 138c-24-15-28-29-18-35 9-3 18 4 18 10 0-6 9-13 18-10 10 6 6 20-18 35z"/>
        <path d="M62 104q0-12 10-18" @white stroke-width="4"/><path d="M92 36h16" @l stroke-width="8"/>""",
    "hand-warmer": """<path d="M54 112q0-40 46-40t46 40-46 46-46-46z"/><path @m d="M54 112q0-40 46-40t46 40-46 46-46-46z"/>
        <path @k d="M126 80q20 10 20 32 0 40-40 46 34-24 20-78z"/><g @p><circle cx="82" cy="106" r="14"/>
        <circle cx="118" cy="106" r="14"/></g><circle cx="84" cy="107" r="6"/><circle cx="116" cy="107" r="6"/>
        <path @f d="M94 116h12l-6 10z"/><path d="M56 86q-4-16 4-22 6 10 18 12zM144 86q4-16-4-22-6 10-18 12z"/>""",
    "clock": """<path d="M66 144l-8 14M134 144l8 14" @l stroke-width="7"/>
        <path d="M62 70q-14-4-10-18 8-10 24-2zM138 70q14-4 10-18-8-10-24-2z"/><path d="M100 52v-8M92 42h16" @l stroke-width="5"/>
        <circle cx="100" cy="106" r="50"/><path @k d="M135 70a50 50 0 01-70 71 54 54 0 0070-71z"/>
        <circle @p cx="100" cy="106" r="37"/><path d="M100 76v5M100 131v5M70 106h5M125 106h5" @l stroke-width="3.500"/>
        <path d="M100 106V84M100 106l15 9" @l stroke-width="4"/><circle cx="100" cy="106" r="4"/>""",
    "frame": """<path d="M52 50h96v108H52z"/><path @k d="M148 50v108H52l14-14h68V64z"/><path @w d="M52 50h96l-14 14H66v80l-14 14z"/>
        <path @p d="M66 64h68v80H66z"/><path d="M66 126l20-26 16 20 14-14 18 22v16H66z" fill-opacity=".6"/>
        <circle @f cx="114" cy="84" r="9"/>""",
    "record-frame": """<path d="M44 50h112v108H44z"/><path @w d="M44 50h112l-9 9H53v90l-9 9z"/><path @p d="M54 60h92v88H54z"/>
        <circle cx="100" cy="104" r="38"/><circle cx="100" cy="104" r="30" @white stroke-width="1.500"/>
        <circle cx="100" cy="104" r="22" @white stroke-width="1.500"/><circle @p cx="100" cy="104" r="13"/>
        <circle @f cx="100" cy="104" r="10"/><circle cx="100" cy="104" r="2.500"/>""",
    "mirror": """<path d="M92 130h16v24H92z"/><path d="M70 158q4-10 30-10t30 10z"/><ellipse cx="100" cy="88" rx="46" ry="52"/>
        <path @k d="M130 50a46 52 0 01-62 78 52 58 0 0062-78z"/><ellipse @p cx="100" cy="88" rx="35" ry="41"/>
        <ellipse cx="100" cy="88" rx="35" ry="41" fill-opacity=".16"/>
        <path d="M80 92l24-30M86 108l34-42" @l stroke-width="4" stroke-opacity=".35"/>""",
    "memo-board": """<rect x="46" y="54" width="108" height="104" rx="5"/><path @m d="M56 64h88v84H56z"/>
        <path @p d="M64 72h34v26H64z" transform="rotate(-4 80 84)"/><path @p d="M106 84h30v34h-30z" transform="rotate(3 120 100)"/>
        <path @p d="M68 112h30v24H68z" transform="rotate(2 82 124)"/><g @f><circle cx="81" cy="75" r="3.500"/>
        <circle cx="121" cy="87" r="3.500"/><circle cx="83" cy="114" r="3.500"/></g>
        <path d="M70 84h22M70 90h14M112 98h18M112 105h12M74 124h16" @ink stroke-width="2"/>
        <path @k d="M46 150h108v3q0 5-5 5H51q-5 0-5-5z"/>""",
    "doormat": """<path d="M62 86h76l24 64H38z"/><path @m d="M62 86h76l24 64H38z"/>
        <path d="M67 92h66l19 52H48z" @white stroke-width="2.500"/>
        <path d="M38 150h124v8H38z"/><path @k d="M38 150h124v8H38z"/>
        <path d="M40 158v5M52 158v5M64 158v5M76 158v5M88 158v5M100 158v5M112 158v5M124 158v5M136 158v5M148 158v5M160 158v5" @l
        stroke-width="2.500"/><path d="M76 108h48M70 124h60" @white stroke-width="6" stroke-dasharray="10 7"/>""",
    "blocks": """<rect x="46" y="110" width="48" height="48" rx="5"/>
        <rect x="104" y="110" width="48" height="48" rx="5" fill-opacity=".72"/>
        <rect x="76" y="60" width="48" height="48" rx="5" fill-opacity=".86"/><g @p>
        <rect x="54" y="118" width="32" height="32" rx="3"/><rect x="112" y="118" width="32" height="32" rx="3"/>
        <rect x="84" y="68" width="32" height="32" rx="3"/></g><path d="M62 144l8-20 8 20M65 137h10" @l stroke-width="3.500"/>
        <path d="M122 124v20h7q7 0 7-5.500t-7-5.500h-7 6q6 0 6-4.500t-6-4.500z" @l stroke-width="3.500"/>
        <path d="M100 96c-14-9-16-17-10-20 5-2 10 2 10 6 0-4 5-8 10-6 6 3 4 11-10 20z"/>
        <path @k d="M46 150h48v3q0 5-5 5H51q-5 0-5-5zM104 150h48v3q0 5-5 5h-38q-5 0-5-5zM76 100h48v3q0 5-5 5H81q-5 0-5-5z"/>""",
    # paper
    "notebook": """<path d="M62 52h76q8 0 8 8v90q0 8-8 8H62z"/><path @m d="M74 52h64q8 0 8 8v90q0 8-8 8H74z"/>
        <path @k d="M58 52h16v106H58q-4 0-4-4V56q0-4 4-4z"/><path d="M58 52h16v106H58q-4 0-4-4V56q0-4 4-4z" fill-opacity=".5"/>
        <rect @p x="88" y="74" width="42" height="26" rx="3"/><path d="M95 84h28M95 91h18" @ink stroke-width="2.500"/>
        <path d="M130 52v106" @ink stroke-width="4"/><path @f d="M106 158h10v16l-5-5-5 5z"/>""",
    "pencil": """<path d="M66 96h68v54q0 8-8 8H74q-8 0-8-8z"/><path @m d="M66 96h68v54q0 8-8 8H74q-8 0-8-8z"/>
        <path @k d="M118 96h16v54q0 8-8 8h-8z"/><path d="M74 96l-6-42 6-12 8 10 6 44z" fill="var(--d2,#d97b34)"/>
        <path d="M92 96V50l7-12 7 12v46z" fill="var(--d3,#3f8f82)"/><path d="M112 96l8-44 9-9 5 12-8 41z" fill="var(--d1,#2f4b7c)"/>
        <path @p d="M68.300 54l5.700-12 7.600 10-6 3zM92 50l7-12 7 12-7 3zM120 52l9-9 5 12-7-1z"/>
        <rect x="62" y="92" width="76" height="9" rx="4"/><path @w d="M66 92h68q4 0 4 4H62q0-4 4-4z"/>""",
    "ruler": """<g transform="rotate(-32 100 106)"><rect x="36" y="88" width="128" height="32" rx="4"/>
        <path d="M48 88v14M58 88v9M68 88v9M78 88v14M88 88v9M98 88v9M108 88v14M118 88v9M128 88v9M138 88v14M148 88v9" @white
        stroke-width="2.500"/><path @k d="M36 112h128v4q0 4-4 4H40q-4 0-4-4z"/><circle @p cx="152" cy="108" r="4"/></g>""",
    "chalkboard": """<path d="M66 158l10-26M134 158l-10-26" @l stroke-width="6"/><path d="M44 48h112v92H44z"/>
        <path @w d="M44 48h112l-7 7H51v78l-7 7z"/><path d="M54 58h92v72H54z" fill="#26302d"/>
        <path d="M66 76h44M66 90h60M66 104h36" stroke="#fff" stroke-opacity=".75" stroke-width="3" fill="none" stroke-linecap="round"/>
        <path d="M126 116c-9-6-10-11-6-13 3-1 6 1 6 4 0-3 3-5 6-4 4 2 3 7-6 13z" fill="#fff" fill-opacity=".75"/>
        <rect x="40" y="136" width="120" height="8" rx="3"/><rect @p x="74" y="131" width="18" height="5" rx="2.500"/>""",
    "card": """<path d="M50 82l50-8 50 8v76H50z" fill-opacity=".65"/><path @p d="M60 48h80v84H60z" transform="rotate(-3 100 90)"/>
        <path @m d="M60 48h80v84H60z" transform="rotate(-3 100 90)"/>
        <path d="M100 108c-24-16-28-30-18-36 9-3 18 4 18 11 0-7 9-14 18-11 10 6 6 20-18 36z"/>
        <path d="M50 84l50 42 50-42v70q0 4-4 4H54q-4 0-4-4z"/><path @k d="M52 157l48-44 48 44q-1 1-2 1H54q-1 0-2-1z"/>""",
    "tag": """<path d="M70 60q20-30 44-22" @l stroke-width="4"/><path d="M60 62l18-16 46 8 22 100q1 4-3 4H70q-4 0-4-4z" fill-opacity=".5"/>
        <path d="M56 74l16-18h56l16 18v76q0 8-8 8H64q-8 0-8-8z"/><path @m d="M56 74l16-18h56l16 18v76q0 8-8 8H64q-8 0-8-8z"/>
        <circle @p cx="100" cy="72" r="7"/><path d="M100 66q4-22 24-28" @l stroke-width="4"/>
        <rect @p x="68" y="96" width="64" height="40" rx="3"/><path d="M77 110h46M77 122h30" @ink stroke-width="3"/>""",
    "wrap": """<g transform="rotate(24 100 106)"><rect x="52" y="46" width="34" height="116" rx="6" fill-opacity=".7"/>
        <rect x="88" y="38" width="40" height="124" rx="7"/><path @m d="M95 38h26q7 0 7 7v110q0 7-7 7H95q-7 0-7-7V45q0-7 7-7z"/>
        <path @k d="M116 38h5q7 0 7 7v110q0 7-7 7h-5z"/><ellipse @p cx="108" cy="41" rx="14" ry="5"/>
        <path @w d="M52 96h34v10H52zM88 92h40v12H88z"/></g><path d="M128 140q20-2 28 18-24 4-34-8z" fill-opacity=".6"/>""",
    "ribbon": """<ellipse cx="88" cy="116" rx="42" ry="42"/><circle @m cx="88" cy="116" r="42"/><circle @p cx="88" cy="116" r="19"/>
        <circle cx="88" cy="116" r="19" fill-opacity=".35"/><circle cx="88" cy="116" r="31" @ink stroke-width="2"/>
        <path d="M124 94q20 10 14 34t22 30" @l stroke-width="13"/>
        <path d="M124 94q20 10 14 34t22 30" @white stroke-width="2" stroke-dasharray="4 5"/>
        <path d="M88 74q-34-4-34-20 22-8 34 20zM88 74q34-4 34-20-22-8-34 20z"/>
        <path @k d="M88 74q-20-6-22-14 14-2 22 14zM88 74q20-6 22-14-14-2-22 14z"/>""",
    "sewing": """<path d="M66 70h56v10H66zM66 148h56v10H66z"/><path d="M74 80h40v68H74z" fill-opacity=".75"/>
        <path d="M74 90h40M74 100h40M74 110h40M74 120h40M74 130h40M74 140h40" @ink stroke-width="2.500"/>
        <path d="M114 124q24-4 26-34t8-52" @l stroke-width="2.500"/><path d="M148 38l-8 104" @ink stroke-width="4"/>
        <ellipse cx="147.500" cy="44" rx="2" ry="5" @p/><circle cx="142" cy="146" r="12"/><circle @p cx="138" cy="143" r="2"/>
        <circle @p cx="146" cy="143" r="2"/><circle @p cx="138" cy="150" r="2"/><circle @p cx="146" cy="150" r="2"/>""",
    "doily": """<g><circle cx="100" cy="102" r="42"/><circle cx="100" cy="52" r="13"/><circle cx="135" cy="67" r="13"/>
        <circle cx="150" cy="102" r="13"/><circle cx="135" cy="137" r="13"/><circle cx="100" cy="152" r="13"/>
        <circle cx="65" cy="137" r="13"/><circle cx="50" cy="102" r="13"/><circle cx="65" cy="67" r="13"/></g><g @p>
        <circle cx="100" cy="52" r="5"/><circle cx="135" cy="67" r="5"/><circle cx="150" cy="102" r="5"/>
        <circle cx="135" cy="137" r="5"/><circle cx="100" cy="152" r="5"/><circle cx="65" cy="137" r="5"/>
        <circle cx="50" cy="102" r="5"/><circle cx="65" cy="67" r="5"/></g>
        <circle cx="100" cy="102" r="33" @white stroke-width="3" stroke-dasharray="2 7"/>
        <path @p d="M100 124c-21-14-24-26-16-31 8-3 16 3 16 9 0-6 8-12 16-9 8 5 5 17-16 31z"/>""",
    # play
    "playing-cards": """<rect x="50" y="62" width="62" height="90" rx="7" transform="rotate(-14 81 107)" fill-opacity=".7"/>
        <rect x="80" y="58" width="66" height="96" rx="7" transform="rotate(8 113 106)"/>
        <rect @p x="85" y="63" width="56" height="86" rx="5" transform="rotate(8 113 106)"/><g transform="rotate(8 113 106)">
        <path d="M113 122c-20-13-23-24-15-29 7-3 15 3 15 9 0-6 8-12 15-9 8 5 5 16-15 29z"/>
        <path d="M96 82c-6-4-6-8-3-9 2-1 3 1 3 2 0-1 1-3 3-2 3 1 3 5-3 9zM130 140c-6-4-6-8-3-9 2-1 3 1 3 2 0-1 1-3 3-2 3 1 3 5-3 9z"/>
        </g>""",
    "dolls-house": """<path d="M52 88h96v70H52z"/><path @k d="M132 88h16v70h-16z"/><path d="M100 36l62 52H38z"/>
        <path @k d="M100 36l62 52h-24z"/>
        <path d="M124 40h12v26h-12z"/><g @p><rect x="62" y="96" width="32" height="24" rx="2"/>
        <rect x="106" y="96" width="32" height="24" rx="2"/><rect x="62" y="128" width="32" height="30" rx="2"/>
        <rect x="106" y="128" width="32" height="30" rx="2"/><circle cx="100" cy="70" r="9"/></g>
        <path d="M78 96v24M62 108h32M122 96v24M106 108h32M66 152h24v6H66zM70 142h16v10H70zM110 158v-18q12-8 24 0v18" @l
        stroke-width="2.500" /><path d="M112 142q10-6 20 0v16h-20z" fill-opacity=".6"/>""",
    "doll": """<path d="M66 110q-14 16-10 34 2 14 20 14h48q18 0 20-14 4-18-10-34z"/>
        <path @m d="M66 110q-14 16-10 34 2 14 20 14h48q18 0 20-14 4-18-10-34z"/><circle cx="100" cy="82" r="38"/>
        <path @k d="M126 54a38 38 0 01-8 62l16-4q14 18 10 32-2 14-20 14h-8q30-40 10-104z"/><circle @p cx="100" cy="86" r="24"/>
        <path d="M76 84q4-18 24-20 20 2 24 20-14-2-24-12-10 10-24 12z"/><circle cx="91" cy="88" r="2.500"/>
        <circle cx="109" cy="88" r="2.500"/><path d="M95 98q5 4 10 0" @l stroke-width="2.500"/><g @p><circle cx="100" cy="136" r="6"/>
        <circle cx="90" cy="128" r="5"/><circle cx="110" cy="128" r="5"/></g>""",
    "piggy-bank": """<path d="M68 142v16h14v-14M118 144v14h14v-18" @l stroke-width="9"/>
        <path d="M44 108q0-40 56-40 20 0 32 8l20-10-2 24q8 8 10 16h6v26h-12q-10 20-54 20-56 0-56-44z"/>
        <path @m d="M44 108q0-40 56-40 50 0 52 44-2 40-52 40-56 0-56-44z"/>
        <path @k d="M46 122q14 22 54 22 42 0 54-12-10 20-54 20-48 0-54-30z"/><rect @k x="84" y="74" width="30" height="5" rx="2.500"/>
        <circle cx="138" cy="98" r="3.500" fill="#000" fill-opacity=".55"/><path d="M44 104q-14-2-12-14 8-4 8 6" @l stroke-width="4"/>
        <circle @f cx="99" cy="56" r="11"/><path d="M99 51v10" @white stroke-width="2.500"/>""",
    "skittles": """<g><path d="M60 92q-8-8-8-16 0-12 12-12t12 12q0 8-8 16 12 12 12 36 0 22-6 30H54q-6-8-6-30 0-24 12-36z"/>
        <path d="M96 84q-9-9-9-18 0-14 13-14t13 14q0 9-9 18 14 14 14 40 0 24-6 34H88q-6-10-6-34 0-26 14-40z"/>
        <path d="M136 92q-8-8-8-16 0-12 12-12t12 12q0 8-8 16 12 12 12 36 0 22-6 30h-24q-6-8-6-30 0-24 12-36z" fill-opacity=".8"/></g>
        <path @p d="M49 118h31v7H48.500zM83 112h34v8H82.500zM121 118h31v7h-31z"/>
        <path @k d="M53 70q2-10 11-10t11 10zM88 60q2-12 12-12t12 12zM129 70q2-10 11-10t11 10z"/>
        <path @k d="M106 84q12 14 12 40 0 24-6 34h-8q10-36 2-74z"/>""",
    "glider": """<g transform="rotate(-18 100 100)"><path d="M30 98q60-14 120-6 12 2 16 10-4 8-16 8-70 4-120-12z"/>
        <path d="M84 96l-16-50h20l38 48zM90 106l-22 42h18l42-42z" fill-opacity=".8"/><path d="M40 96l-12-24h14l16 22z"/>
        <path @k d="M30 98q60 10 136 4-4 8-16 8-70 4-120-12z"/><circle @p cx="104" cy="72" r="8"/><circle cx="104" cy="72" r="4"/>
        <path @w d="M128 92q16 0 26 6h-22z"/></g><path d="M36 146q20-8 40 0t40 0 40 0" @l stroke-width="3" stroke-opacity=".35"/>""",
    "harmonica": """<rect x="36" y="92" width="128" height="50" rx="10"/><path @w d="M46 92h108q10 0 10 10v2H36v-2q0-10 10-10z"/>
        <path d="M44 108h112v16H44z" fill="#fffaf2"/>
        <path d="M56 108v16M68 108v16M80 108v16M92 108v16M104 108v16M116 108v16M128 108v16M140 108v16" @l stroke-width="4"/>
        <path @k d="M36 132h128q0 10-10 10H46q-10 0-10-10z"/><path d="M112 76V50l24-6v26" @l stroke-width="4"/>
        <ellipse cx="106" cy="77" rx="8" ry="6"/><ellipse cx="130" cy="71" rx="8" ry="6"/>""",
    "peg": """<g transform="rotate(14 84 106)"><path d="M72 54h10v104H72q-4 0-4-4V62zM86 54h10l4 8v92q0 4-4 4H86z"/>
        <path d="M66 92h36" @ink stroke-width="5"/></g><g transform="rotate(-10 124 112)">
        <path d="M112 66h9v92h-9q-4 0-4-4V72zM125 66h9l4 6v82q0 4-4 4h-9z" fill-opacity=".75"/>
        <path d="M107 100h32" @ink stroke-width="5"/></g><path d="M30 46q70 26 140 0" @l stroke-width="3" stroke-opacity=".5"/>""",
    # seasons
    "tree": """<path d="M94 142h12v16H94z" fill="var(--d5,#8a7a4b)"/><path d="M100 34l30 42h-14l26 34h-18l28 36H48l28-36H58l26-34H70z"/>
        <path @k d="M100 34l30 42h-14l26 34h-18l28 36h-40q20-50-12-112z"/>
        <path d="M78 92q24 12 44 2M66 124q38 16 70-2" @white stroke-width="3" stroke-dasharray="1 8"/><g @p>
        <circle cx="92" cy="70" r="5"/><circle cx="112" cy="104" r="5.500"/><circle cx="80" cy="112" r="5"/>
        <circle cx="100" cy="134" r="5.500"/><circle cx="126" cy="132" r="4.500"/></g>
        <path @f d="M100 22l4.500 9 10 1.500-7 7 1.600 10-9.100-4.700-9.100 4.700 1.600-10-7-7 10-1.500z"/>""",
    "egg": """<path d="M100 42c26 0 45 42 45 72 0 27-19 44-45 44s-45-17-45-44c0-30 19-72 45-72z"/>
        <path @m d="M100 42c26 0 45 42 45 72 0 27-19 44-45 44s-45-17-45-44c0-30 19-72 45-72z"/>
        <path d="M60 100q10-10 20 0t20 0 20 0 20 0M57 122q11 10 21 0t22 0 22 0 21 0" @white stroke-width="4.500"/>
        <path @k d="M122 56c14 14 23 38 23 58 0 27-19 44-45 44 40-26 38-66 22-102z"/>
        <path d="M72 92q5-20 16-30" @white stroke-width="5"/>""",
    "chick": """<path d="M84 150v8M112 150v8M78 158h12M106 158h12" stroke="var(--d2,#d97b34)" stroke-width="4" fill="none"
        stroke-linecap="round"/><circle cx="98" cy="112" r="42"/><circle cx="116" cy="72" r="27"/>
        <path @k d="M128 82q16 20 10 44-8 26-40 28 34-20 30-72z"/><path d="M72 104q26-8 36 14-12 16-34 6z" @w/>
        <path @f d="M140 68l18 6-18 8z"/><circle cx="122" cy="67" r="3.500" fill="#000" fill-opacity=".6"/>
        <path d="M112 46q-2-8 4-12M118 46q2-6 8-8" @l stroke-width="3.500"/>""",
    "rabbit": """<path d="M82 84Q66 60 72 36q16 4 22 42zM116 80q0-32 16-44 10 20-6 50z"/>
        <path @w d="M82 76q-10-18-7-32 8 8 12 32zM120 76q1-20 9-28 4 14-4 30z"/><ellipse cx="100" cy="134" rx="40" ry="26"/>
        <circle cx="102" cy="98" r="30"/><path @k d="M124 78q16 20 0 40 16 8 16 22-2 18-40 20 34-22 24-82z"/>
        <circle cx="92" cy="96" r="3.500" fill="#000" fill-opacity=".6"/>
        <circle cx="114" cy="96" r="3.500" fill="#000" fill-opacity=".6"/><path d="M99 106h8l-4 5z" @p/>
        <circle @p cx="62" cy="138" r="9"/>""",
    "gingerbread": """<path d="M100 46a24 24 0 0116 42q24 0 36-4 10 2 8 12-16 10-34 12 2 16 18 38-2 14-14 12-14-14-30-34-16 20-30 34-12
        2-14-12 16-22
        18-38-18-2-34-12-2-10 8-12 12 4 36 4a24 24 0 0116-42z"/>
        <path d="M44 92l6 6M156 92l-6 6M60 148l9 5M140 148l-9 5" @white stroke-width="3.500"/><circle @p cx="92" cy="66" r="3.500"/>
        <circle @p cx="108" cy="66" r="3.500"/><path d="M92 77q8 6 16 0" @white stroke-width="3"/><g @f>
        <circle cx="100" cy="98" r="4.500"/><circle cx="100" cy="112" r="4.500"/></g>
        <path @k d="M116 88q24 0 36-4 10 2 8 12-16 10-34 12 2 16 18 38-2 14-14 12-10-10-20-23 14-20 6-47z"/>""",
    "fan": """<path d="M100 154L34 96q16-46 66-48 50 2 66 48z"/><path @m d="M100 154L34 96q16-46 66-48 50 2 66 48z"/>
        <path d="M100 154L50 74M100 154L74 56M100 154V48M100 154l26-98M100 154l50-80" @white stroke-width="2.200"/>
        <path @k d="M100 154L126 56q30 12 40 40z"/><path d="M34 96q16-46 66-48 50 2 66 48" @ink stroke-width="4"/>
        <circle @p cx="100" cy="152" r="6"/>""",
    "paper-ball": """<circle cx="100" cy="106" r="50"/>
        <path d="M100 56v100M100 56q-34 50 0 100M100 56q34 50 0 100M100 56q-70 50 0 100M100 56q70 50 0 100" @white stroke-width="2"/>
        <path @k d="M135 70a50 50 0 01-70 72q74-10 70-72z"/><path d="M100 56V20" @l stroke-width="2.500"/>
        <path d="M100 156v12" @l stroke-width="5"/>""",
    # to wear and to carry on oneself
    "plaster": """<path d="M50 96h100v54q0 8-8 8H58q-8 0-8-8z" fill-opacity=".55"/><path d="M46 90q0-6 6-6h96q6 0 6 6v12H46z"/>
        <g transform="rotate(-24 104 84)"><rect @p x="62" y="64" width="84" height="34" rx="17"/>
        <rect x="62" y="64" width="84" height="34" rx="17" fill-opacity=".5"/>
        <path @m d="M79 64h50q17 0 17 17t-17 17H79q-17 0-17-17t17-17z"/><rect @p x="90" y="66" width="28" height="30" rx="3"/></g>
        <path d="M50 102h100v48q0 8-8 8H58q-8 0-8-8z"/><path @m d="M50 102h100v48q0 8-8 8H58q-8 0-8-8z"/>
        <path d="M100 116v28M86 130h28" stroke="#fff" stroke-opacity=".9" stroke-width="9" fill="none"/>
        <path @k d="M134 102h16v48q0 8-8 8h-8z"/>""",
    "tissues": """<path @p d="M78 100q-6-26 6-44 10 10 18 0 12 8 20-4 8 24-2 48z"/>
        <path d="M92 66q-2 16 2 30M108 62q4 16-2 34" @ink stroke-width="2"/><path d="M44 98h112v52q0 8-8 8H52q-8 0-8-8z"/>
        <path @m d="M44 98h112v52q0 8-8 8H52q-8 0-8-8z"/><ellipse @k cx="100" cy="100" rx="34" ry="6"/>
        <path @k d="M138 98h18v52q0 8-8 8h-10z"/>""",
    "parcel": """<path d="M48 82h104v70q0 6-6 6H54q-6 0-6-6z"/><path @k d="M136 82h16v70q0 6-6 6h-10z"/><path d="M42 70h116v20H42z"/>
        <path @w d="M42 70h116v6H42z"/><path @p d="M93 70h14v88H93z"/><path @w d="M48 118h104v12H48z"/>
        <path d="M100 70q-36 2-36-18 20-10 36 18zM100 70q36 2 36-18-20-10-36 18z" @p/>
        <path d="M100 70q-20-2-24-12 14-4 24 12zM100 70q20-2 24-12-14-4-24 12z" fill-opacity=".5"/>""",
    "bird": """<path d="M92 148l-4 10M108 148l4 10M82 158h12M106 158h12" @l stroke-width="3.500"/>
        <path d="M38 84q24 4 34 14 8-34 40-38 30-2 36 24l16 8-16 8q0 48-48 50-40 0-48-34-4-18-14-32z"/>
        <path @m d="M72 98q8-34 40-38 30-2 36 24 2 64-48 66-40-2-44-40z"/><path @k d="M148 100q0 48-48 50-28-2-40-20 60 10 88-30z"/>
        <path d="M70 108q28-10 46 10-18 20-42 8z" @w/><circle @p cx="128" cy="82" r="6"/>
        <circle cx="129" cy="82" r="3" fill="#000" fill-opacity=".7"/><path @f d="M147 84l17 8-17 8z"/>""",
    "butterfly": """<path d="M98 104Q58 36 40 56q-14 30 56 54-54 4-44 32 14 20 46-28z"/>
        <path d="M102 104q40-68 58-48 14 30-56 54 54 4 44 32-14 20-46-28z"/>
        <path @k d="M102 104q40-68 58-48 14 30-56 54 54 4 44 32-14 20-46-28z"/><g @p><circle cx="62" cy="70" r="7"/>
        <circle cx="138" cy="70" r="7"/><circle cx="68" cy="138" r="5"/><circle cx="132" cy="138" r="5"/></g>
        <path d="M100 92v48" @ink stroke-width="7"/><path d="M100 90q-4-20-16-26M100 90q4-20 16-26" @l stroke-width="3"/>""",
}
