#!/bin/sh
# wsidicom 0.36.1 moves the tiles of a sparse whole-slide image to the next place of a grid.
#
# Expected: in a TILED_SPARSE image each frame lies where its Column and Row Position in Total Image Pixel Matrix say
#   (PS3.3 C.8.12.14, C.7.6.17.3); positions need not be multiples of the tile, and what no tile covers is empty.
# Happens:  the position is divided by the size of the tile and rounded down. Each tile shifts left and up by the rest,
#   the gaps close, and a border appears at the right. OpenSlide 4.0.1
#   refuses such a file ("unsupported frame alignment").
# Seen with wsidicom 0.36.1, three tiles of 16 pixels, grey 50, 100 and 150, at the columns 1, 21 and 41 (from 1); the
#   first column, from 0, in which each grey is shown:
#   stated 0, 20, 40    wsidicom 0, 16, 32
# Meaning: annotations and segmentations of regions, in the coordinates of the matrix, lie beside the tissue by up to a
#   tile, and distances across a gap are too short.
# Way round: compare (position - 1) modulo the size of the tile with 0 before such an image is opened.
set -eu
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check pydicom==3.0.2 numpy==2.4.6 wsidicom==0.36.1 pillow==13.0.0
mkdir "$work/slide"
cd "$work" && venv/bin/python -W ignore - <<'PY'
import io
import numpy as np
from PIL import Image
from pydicom import Dataset
from pydicom.dataset import FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import JPEGBaseline8Bit, VLWholeSlideMicroscopyImageStorage
from wsidicom import WsiDicom


def item(**elements):
    ds = Dataset()
    for keyword, value in elements.items():
        setattr(ds, keyword, value)
    return ds


def tile(grey):
    stream = io.BytesIO()
    Image.fromarray(np.full((16, 16, 3), grey, "u1")).save(stream, "JPEG", quality=95)
    return stream.getvalue()


places = {50: 1, 100: 21, 150: 41}
kind = ["ORIGINAL", "PRIMARY", "VOLUME", "NONE"]
light = item(CodeValue="111744", CodingSchemeDesignator="DCM", CodeMeaning="Brightfield illumination")
ds = item(
    SOPClassUID=VLWholeSlideMicroscopyImageStorage, SOPInstanceUID="2.25.1", StudyInstanceUID="2.25.2",
    SeriesInstanceUID="2.25.3", FrameOfReferenceUID="2.25.4", Modality="SM", ImageType=kind, InstanceNumber=1,
    ContainerIdentifier="slide", AcquisitionDateTime="20260101120000", VolumetricProperties="VOLUME",
    FocusMethod="AUTO", ExtendedDepthOfField="NO", SpecimenLabelInImage="NO", BurnedInAnnotation="NO",
    LossyImageCompression="01", ImagedVolumeWidth=0.032, ImagedVolumeHeight=0.008, ImagedVolumeDepth=0.001,
    TotalPixelMatrixColumns=64, TotalPixelMatrixRows=16, Rows=16, Columns=16, NumberOfFrames=len(places),
    TotalPixelMatrixFocalPlanes=1, NumberOfOpticalPaths=1, ImageOrientationSlide=[0, -1, 0, -1, 0, 0],
    SamplesPerPixel=3, PhotometricInterpretation="YBR_FULL_422", PlanarConfiguration=0, BitsAllocated=8, BitsStored=8,
    HighBit=7, PixelRepresentation=0, DimensionOrganizationType="TILED_SPARSE",
    TotalPixelMatrixOriginSequence=[item(XOffsetInSlideCoordinateSystem=0, YOffsetInSlideCoordinateSystem=0)],
    OpticalPathSequence=[item(OpticalPathIdentifier="1", IlluminationTypeCodeSequence=[light])],
    SharedFunctionalGroupsSequence=[item(
        PixelMeasuresSequence=[item(PixelSpacing=[0.0005, 0.0005], SliceThickness=0.001)],
        WholeSlideMicroscopyImageFrameTypeSequence=[item(FrameType=kind)],
        OpticalPathIdentificationSequence=[item(OpticalPathIdentifier="1")])],
    PerFrameFunctionalGroupsSequence=[item(PlanePositionSlideSequence=[item(
        ColumnPositionInTotalImagePixelMatrix=column, RowPositionInTotalImagePixelMatrix=1,
        XOffsetInSlideCoordinateSystem=0, YOffsetInSlideCoordinateSystem=0, ZOffsetInSlideCoordinateSystem=0)])
        for column in places.values()])
ds.file_meta = FileMetaDataset()
ds.file_meta.TransferSyntaxUID = JPEGBaseline8Bit
ds.PixelData = encapsulate([tile(grey) for grey in places])
ds["PixelData"].VR = "OB"
ds.save_as("slide/x.dcm", enforce_file_format=True)

with WsiDicom.open("slide") as slide:
    row = np.asarray(slide.read_region((0, 0), 0, (64, 16)))[8, :, 0].tolist()
seen = [row.index(grey) for grey in places]
print(f"stated {[column - 1 for column in places.values()]}, wsidicom {seen}")
raise SystemExit(None if seen == [0, 16, 32] else "CHANGED: sparse tiles are laid elsewhere now")
PY
