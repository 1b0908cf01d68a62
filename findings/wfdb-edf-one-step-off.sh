#!/bin/sh
# wfdb 4.3.1 reads EDF one step too low, and thins all signals to the slowest.
#
# Expected: a sample is physical minimum + (digital - digital minimum) * step (EDF, 1992), and each signal of a record
#   has its own number of samples; pyEDFlib and edfio read so.
# Happens:  read_edf places the zero of the scale one step off, so every physical value is one digital step too low,
#   and averages the faster signals down to the rate of the slowest, with their names and units, and one "fs" for all.
# Seen with wfdb 4.3.1 and, beside it, pyEDFlib 0.1.42:
#   pulse of 60, 97, 255 with a step of 1:               wfdb 59 96 254   pyEDFlib 60 97 255
#   temperature of 35, 40, 45 with a step of 0.1:        wfdb 34.9 39.9 44.9   pyEDFlib 35 40 45
#   8 Hz of 0, 100, 0, 100 ... beside 2 Hz:              wfdb 49 49, fs 2          pyEDFlib 0 100 0 100 ...
# Meaning: a saturation of 90 %, written in steps of one, is 89 %, below the alarm; an ECG beside a slow trend, as
#   monitors write it, is a flat line.
# Way round: read EDF with pyEDFlib or edfio, and write WFDB from their arrays.
set -eu
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check numpy==2.4.6 wfdb==4.3.1 pyEDFlib==0.1.42 edfio==0.4.18
cd "$work" && venv/bin/python -W ignore - <<'PY'
import edfio
import numpy as np
import pyedflib
from wfdb.io.convert.edf import read_edf


def rounded(values):
    return [round(float(value), 2) for value in values]


def read(name, *signals):
    edfio.Edf(signals).write("x.edf")
    record = read_edf("x.edf")
    with pyedflib.EdfReader("x.edf") as reader:
        right = rounded(reader.readSignal(0))
    seen = rounded(record.p_signal[:, 0])
    print(f"{name}: wfdb {seen} at {record.fs} Hz, pyEDFlib {right}")
    return seen, right


pulse = edfio.EdfSignal.from_digital(np.array([60, 97, 255], "i2"), 3, physical_range=(0, 255), digital_range=(0, 255))
warmth = edfio.EdfSignal.from_digital(np.array([0, 50, 100], "i2"), 3, physical_range=(35, 45), digital_range=(0, 100))
fast = edfio.EdfSignal.from_digital(np.array([0, 100] * 4, "i2"), 8, physical_range=(-1000, 1000),
                                    digital_range=(-1000, 1000))
slow = edfio.EdfSignal.from_digital(np.array([97, 98], "i2"), 2, physical_range=(0, 100), digital_range=(0, 100))
as_stated = (read("pulse", pulse) == ([59, 96, 254], [60, 97, 255])
             and read("temperature", warmth) == ([34.9, 39.9, 44.9], [35, 40, 45])
             and read("8 Hz beside 2 Hz", fast, slow) == ([49, 49], [0, 100] * 4))
raise SystemExit(None if as_stated else "CHANGED: wfdb reads EDF differently now")
PY
