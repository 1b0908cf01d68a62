"""DICOMweb (PS3.18 chapter 10): store, retrieve, search and delete studies, series and instances."""
