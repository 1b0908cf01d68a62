#!/bin/sh
# ucumvert 0.3.2 (on pint 0.25.3) converts some valid UCUM codes by the wrong factor.
#
# Expected: the factors of the UCUM tables: [Cal] is a kilocalorie, [Btu] is [Btu_th], an inch of mercury is
#   25.4 mm of the same mercury as m[Hg], [rd_br] is 16.5 [ft_br], and a bel is the common logarithm of the
#   ratio itself.
# Happens:  these codes are mapped to pint units of a like name but another size; the conversion succeeds.
# Seen with ucumvert 0.3.2, pint 0.25.3 and, right by the tables, @lhncbc/ucum-lhc 7.1.10:
#   conversion             ucumvert    ucum-lhc
#   1 [Cal] to kJ          0.004184    4.184
#   1 [rd_br] to m         0.4191      5.029
#   1 [in_i'Hg] to Pa      3377        3386
#   1 [Btu] to J           1055        1054
#   1 dB to Np             0.1151      0.2303
# Meaning: a diet record is out by a thousand; a pressure by 0.3 percent, which no plausibility check will
#   find.
# Way round: allow a list of codes, each tested once against the UCUM tables; write kcal for [Cal].
set -eu
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check ucumvert==0.3.2 pint==0.25.3
npm install --silent --no-audit --no-fund --prefix "$work" @lhncbc/ucum-lhc@7.1.10 >/dev/null
cd "$work"
cat > pairs <<'TEXT'
[Cal] kJ
[rd_br] m
[in_i'Hg] Pa
[Btu] J
dB Np
TEXT
venv/bin/python - > by-python <<'PY'
from ucumvert import PintUcumRegistry

units = PintUcumRegistry()
for source, target in (line.split() for line in open("pairs")):
    amount = units.Quantity(1, units.from_ucum(source)).to(units.from_ucum(target)).magnitude
    print(f"{amount:.4g}")
PY
node - > by-js <<'JS'
const units = require("@lhncbc/ucum-lhc").UcumLhcUtils.getInstance();
for (const line of require("fs").readFileSync("pairs", "utf8").trim().split("\n")) {
  const [source, target] = line.split(" ");
  console.log(Number(units.convertUnitTo(source, 1, target).toVal.toPrecision(4)));
}
JS
echo "conversion | ucumvert 0.3.2 | ucum-lhc 7.1.10"
paste -d '|' pairs by-python by-js
printf '0.004184\n0.4191\n3377\n1055\n0.1151\n' | cmp -s - by-python &&
    printf '4.184\n5.029\n3386\n1054\n0.2303\n' | cmp -s - by-js || {
    echo "CHANGED: the two agree better now" >&2; exit 1; }
