"""Which attributes of an instance describe its patient and study, and which its series (PS3.3 A.1.4).

What an instance says of its study or series, every instance of it says: so a search at these levels may show
it of any. The modules are those of the patient, study, series, frame of reference and equipment entities.
"""

from collections.abc import Mapping

from pydicom.datadict import tag_for_keyword

from graph.query.attributes import SERIES, STUDY

_PATIENT = (  # PS3.3 C.7.1.1, C.7.1.3 and C.2.2 to C.2.4
    "PatientName", "PatientID", "IssuerOfPatientID", "IssuerOfPatientIDQualifiersSequence", "TypeOfPatientID",
    "PatientBirthDate", "PatientBirthTime", "PatientBirthDateInAlternativeCalendar",
    "PatientDeathDateInAlternativeCalendar", "PatientAlternativeCalendar", "PatientSex",
    "PatientPrimaryLanguageCodeSequence", "OtherPatientIDs", "OtherPatientIDsSequence", "OtherPatientNames",
    "PatientBirthName", "PatientMotherBirthName", "MedicalRecordLocator", "ReferencedPatientPhotoSequence",
    "QualityControlSubject", "ReferencedPatientSequence", "EthnicGroup",
    "EthnicGroupCodeSequence", "PatientComments", "PatientSpeciesDescription", "PatientSpeciesCodeSequence",
    "PatientBreedDescription", "PatientBreedCodeSequence", "BreedRegistrationSequence", "StrainDescription",
    "StrainNomenclature", "StrainCodeSequence", "ResponsiblePerson", "ResponsiblePersonRole",
    "ResponsibleOrganization", "PatientIdentityRemoved", "DeidentificationMethod",
    "DeidentificationMethodCodeSequence", "SourcePatientGroupIdentificationSequence",
    "GroupOfPatientsIdentificationSequence", "PatientAddress", "PatientTelephoneNumbers",
    "CountryOfResidence", "RegionOfResidence", "MilitaryRank", "BranchOfService",
    "PatientReligiousPreference", "ClinicalTrialSponsorName", "ClinicalTrialProtocolID",
    "ClinicalTrialProtocolName", "IssuerOfClinicalTrialProtocolID", "ClinicalTrialSiteID",
    "ClinicalTrialSiteName", "ClinicalTrialSubjectID", "ClinicalTrialSubjectReadingID",
)  # fmt: skip
_STUDY = (  # C.7.2.1 to C.7.2.3
    "StudyInstanceUID", "StudyDate", "StudyTime", "AccessionNumber", "IssuerOfAccessionNumberSequence",
    "ReferringPhysicianName", "ReferringPhysicianIdentificationSequence", "ConsultingPhysicianName",
    "ConsultingPhysicianIdentificationSequence", "StudyID", "StudyDescription", "PhysiciansOfRecord",
    "PhysiciansOfRecordIdentificationSequence", "NameOfPhysiciansReadingStudy",
    "PhysiciansReadingStudyIdentificationSequence", "RequestingServiceCodeSequence",
    "ReferencedStudySequence", "ProcedureCodeSequence", "ReasonForPerformedProcedureCodeSequence",
    "AnatomicRegionsInStudyCodeSequence", "AdmittingDiagnosesDescription", "AdmittingDiagnosesCodeSequence",
    "PatientAge", "PatientSize", "PatientWeight", "PatientBodyMassIndex", "MeasuredAPDimension",
    "MeasuredLateralDimension", "PatientSizeCodeSequence", "MedicalAlerts", "Allergies", "SmokingStatus",
    "PregnancyStatus", "LastMenstrualDate", "PatientState", "Occupation", "AdditionalPatientHistory",
    "AdmissionID", "IssuerOfAdmissionIDSequence", "ReasonForVisit", "ReasonForVisitCodeSequence",
    "ServiceEpisodeID", "IssuerOfServiceEpisodeIDSequence", "ServiceEpisodeDescription",
    "PatientSexNeutered", "ClinicalTrialTimePointID", "ClinicalTrialTimePointDescription",
    "LongitudinalTemporalOffsetFromEvent", "LongitudinalTemporalEventType",
    "ConsentForClinicalTrialUseSequence",
)  # fmt: skip
_SERIES = (  # C.7.3.1, C.7.3.2, C.7.4.1, C.7.5.1 and the series modules of single modalities
    "Modality", "SeriesInstanceUID", "SeriesNumber", "Laterality", "SeriesDate", "SeriesTime",
    "PerformingPhysicianName", "PerformingPhysicianIdentificationSequence", "ProtocolName",
    "SeriesDescription", "SeriesDescriptionCodeSequence", "OperatorsName", "OperatorIdentificationSequence",
    "ReferencedPerformedProcedureStepSequence", "RelatedSeriesSequence", "BodyPartExamined",
    "PatientPosition", "SmallestPixelValueInSeries", "LargestPixelValueInSeries",
    "RequestAttributesSequence", "PerformedProcedureStepID", "PerformedProcedureStepStartDate",
    "PerformedProcedureStepStartTime", "PerformedProcedureStepEndDate", "PerformedProcedureStepEndTime",
    "PerformedProcedureStepDescription", "PerformedProtocolCodeSequence",
    "CommentsOnThePerformedProcedureStep", "AnatomicalOrientationType", "TreatmentSessionUID",
    "ClinicalTrialCoordinatingCenterName", "ClinicalTrialSeriesID", "ClinicalTrialSeriesDescription",
    "FrameOfReferenceUID", "PositionReferenceIndicator", "Manufacturer", "InstitutionName",
    "InstitutionAddress", "StationName", "InstitutionalDepartmentName",
    "InstitutionalDepartmentTypeCodeSequence", "ManufacturerModelName", "ManufacturerDeviceClassUID",
    "DeviceSerialNumber", "SoftwareVersions", "GantryID", "UDISequence", "DeviceUID",
    "SpatialResolution", "DateOfLastCalibration", "TimeOfLastCalibration", "DateOfManufacture",
    "DateOfInstallation", "SeriesType", "Units", "CountsSource", "SynchronizationFrameOfReferenceUID",
)  # fmt: skip


def _tags(*modules: tuple[str, ...]) -> frozenset[str]:
    tags = (tag_for_keyword(keyword) for module in modules for keyword in module)
    return frozenset(f"{tag:08X}" for tag in tags if tag is not None)


ATTRIBUTES_OF_LEVEL: Mapping[str, frozenset[str]] = {
    STUDY: _tags(_PATIENT, _STUDY),
    SERIES: _tags(_SERIES),
}
"""The tags of what describes a study with its patient, and a series with its equipment."""
