#!/bin/sh
# pydicom 3.0.2: waveform_array scales the codes of mu-law and A-law, and padding, as if they were samples.
#
# Expected: waveform_array gives samples "in the units specified" by the channel. Sample Interpretation MB and AB say
#   that each byte is a logarithmic code of ITU-T G.711, to be expanded first (PS3.3 C.10.9.1); a sample equal to
#   Waveform Padding Value (5400,100A) was never measured (PS3.3 C.10.9.1).
# Happens:  the eight-bit codes are multiplied by the sensitivity as unsigned integers, so the sign, the order and the
#   size of the samples are lost, without a word; so is padding, which comes out as the largest deflection.
# Seen with pydicom 3.0.2; columns are the samples of one channel with the sensitivity 1:
#   silence and full scale in mu-law, FF 7F 00 80 (0, 0, -32124, 32124):  [255.0, 127.0, 0.0, 128.0]
#   SS with the padding value -32768, samples 5, -32768, 7:               [5.0, -32768.0, 7.0]
# Meaning: a recorded voice (Basic Voice Audio) is noise; a lead that fell off is a spike to the rail, in the units of a
#   measurement, for peak detection and for mean values.
# Way round: as_raw=True, expand by the table of G.711, mask by the padding value, and scale oneself.
set -eu
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check pydicom==3.0.2 numpy==2.4.6
"$work/venv/bin/python" - <<'PY'
from pydicom import Dataset


def samples(interpretation, bits, data, padding=None):
    group = Dataset()
    group.NumberOfWaveformChannels, group.WaveformBitsAllocated = 1, bits
    group.NumberOfWaveformSamples, group.WaveformSampleInterpretation = len(data) * 8 // bits, interpretation
    channel = Dataset()
    channel.ChannelSensitivity, channel.ChannelSensitivityCorrectionFactor, channel.ChannelBaseline = 1, 1, 0
    group.ChannelDefinitionSequence = [channel]
    if padding is not None:
        group.add_new("WaveformPaddingValue", "OW", padding)
    group.add_new("WaveformData", "OW" if bits > 8 else "OB", data)
    ds = Dataset()
    ds.WaveformSequence = [group]
    seen = ds.waveform_array(0).ravel().tolist()
    print(f"{interpretation}: {seen}")
    return seen


codes = bytes([0xFF, 0x7F, 0x00, 0x80])
padding = (-32768).to_bytes(2, "little", signed=True)
measured = b"".join(n.to_bytes(2, "little", signed=True) for n in (5, -32768, 7))
as_stated = (samples("MB", 8, codes) == samples("AB", 8, codes) == [255.0, 127.0, 0.0, 128.0]
             and samples("SS", 16, measured, padding) == [5.0, -32768.0, 7.0])
raise SystemExit(None if as_stated else "CHANGED: waveforms are brought into units differently now")
PY
