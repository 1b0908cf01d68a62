#!/bin/sh
# @cornerstonejs/dicom-image-loader 5.6.8 reads the VOI LUT Function LINEAR as "L", and @cornerstonejs/core 5.6.8 then
# shows no picture of a stack that says it.
#
# Expected: VOILUTFunction (0028,1056) of value LINEAR, which is the default (PS3.3 C.11.2.1.2), shows as if it were
#   absent: with centre 40 and width 400 the window is -160 to 239.
# Happens:  the loader's own metadata provider gives the string "LINEAR"; createImage takes its first character for its
#   first value, and the window of the image ends in "Invalid VOI LUT function".
# Seen with 5.6.8, which OHIF 3.13.2 is built with (a black viewport and this error in its console; OHIF 3.12.10 shows
#   the same files):
#   absent        voiLUTFunction undefined   { lower: -160, upper: 239 }
#   LINEAR        voiLUTFunction "L"         Invalid VOI LUT function
#   LINEAR_EXACT  voiLUTFunction "L"         Invalid VOI LUT function
# Meaning: files that state the default are not shown in stacks, files that leave it out are.
# Way round: OHIF 3.12.10, or a metadata provider of one's own that gives a list.
set -eu
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$work" \
    @cornerstonejs/dicom-image-loader@5.6.8 @cornerstonejs/core@5.6.8 > /dev/null
cd "$work"
cat > show.mjs <<'JS'
// What a browser has and Node lacks, as far as the packages look at it; nothing is drawn.
globalThis.window = globalThis.self = globalThis;
globalThis.document = { createElement: () => ({ getContext: () => null, style: {} }), addEventListener() {} };
Object.defineProperty(globalThis, "navigator", { value: { platform: "", userAgent: "" }, configurable: true });
const core = await import("@cornerstonejs/core");
const { createImage, wadors } = await import("@cornerstonejs/dicom-image-loader");
const text = (value) => ({ vr: "CS", Value: [value] }), number = (value) => ({ vr: "US", Value: [value] });
const file = {
  "00080016": { vr: "UI", Value: ["1.2.840.10008.5.1.4.1.1.7"] }, "00080060": text("OT"),
  "00280002": number(1), "00280004": text("MONOCHROME2"), "00280010": number(2), "00280011": number(2),
  "00280100": number(16), "00280101": number(16), "00280102": number(15), "00280103": number(0),
  "00281050": { vr: "DS", Value: [40] }, "00281051": { vr: "DS", Value: [400] },
};
if (process.argv[2]) file["00281056"] = text(process.argv[2]);
const imageId = "wadors:/frames/1";
wadors.metaDataManager.add(imageId, file);
core.metaData.addProvider(wadors.metaData.metaDataProvider, 1);
// The worker that would read the pixels, which are not looked at here.
core.getWebWorkerManager().executeTask = async (_name, _method, { imageFrame }) =>
  ({ ...imageFrame, pixelData: new Uint16Array(4), smallestPixelValue: 0, largestPixelValue: 0 });
const image = await createImage(imageId, new Uint8Array(8), "1.2.840.10008.1.2.1", {});
let shown;
try { shown = core.utilities.windowLevel.toLowHighRange(400, 40, image.voiLUTFunction); } catch (error) { shown = error.message; }
console.log(JSON.stringify([image.voiLUTFunction ?? null, shown]));
JS
absent=$(node show.mjs | tail -1); linear=$(node show.mjs LINEAR | tail -1); exact=$(node show.mjs LINEAR_EXACT | tail -1)
echo "absent $absent"; echo "LINEAR $linear"; echo "LINEAR_EXACT $exact"
[ "$absent" = '[null,{"lower":-160,"upper":239}]' ] && [ "$linear" = '["L","Invalid VOI LUT function"]' ] \
    && [ "$exact" = "$linear" ] || { echo "CHANGED: the function is read differently now"; exit 1; }
