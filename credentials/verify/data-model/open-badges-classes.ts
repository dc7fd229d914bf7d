/**
 * The classes of Open Badges 3.0 (appendix B, data models) and of CLR 2.0, as the published JSON schemas check them.
 * A field is `!` when required, then its kind, then `*` when it may be a list (one value alone is then allowed too).
 * Kinds in lower case are checked by `open-badges.ts`; those in upper case are classes of this table.
 */
export interface BadgeClass {
  fields: Readonly<Record<string, string>>
  /** The word that `type` must have; `type` is then required. */
  type?: string
  /** False where the schema allows no further members. */
  isOpen?: boolean
}

const identifierTypes =
  'name|sourcedId|systemId|productId|userName|accountId|emailAddress|nationalIdentityNumber|isbn|issn|lisSourcedId|oneRosterSourcedId|sisSourcedId|ltiContextId|ltiDeploymentId|ltiToolId|ltiPlatformId|ltiUserId|identifier'
const achievementTypes =
  'Achievement|ApprenticeshipCertificate|Assessment|Assignment|AssociateDegree|Award|Badge|BachelorDegree|Certificate|CertificateOfCompletion|Certification|CommunityService|Competency|Course|CoCurricular|Degree|Diploma|DoctoralDegree|Fieldwork|GeneralEducationDevelopment|JourneymanCertificate|LearningProgram|License|Membership|ProfessionalDoctorate|QualityAssuranceCredential|MasterCertificate|MasterDegree|MicroCredential|ResearchDoctorate|SecondarySchoolDiploma'

/** The lists of words that a field may take; `ext:…` is allowed where the schema allows it. */
export const wordLists: Readonly<Record<string, { words: ReadonlySet<string>; allowsExtension: boolean }>> = {
  'identifier-type': words(identifierTypes, true),
  'achievement-type': words(achievementTypes, true),
  'result-type': words(
    'GradePointAverage|LetterGrade|Percent|PerformanceLevel|PredictedScore|RawScore|Result|RubricCriterion|RubricCriterionLevel|RubricScore|ScaledScore|Status',
    true,
  ),
  'result-status': words('Completed|Enrolled|Failed|InProgress|OnHold|Provisional|Withdrew', false),
  'target-type': words('ceasn:Competency|ceterms:Credential|CFItem|CFRubric|CFRubricCriterion|CFRubricCriterionLevel|CTDL', true),
  'association-type': words('exactMatchOf|isChildOf|isParentOf|isPartOf|isPeerOf|isRelatedTo|precedes|replacedBy', false),
}

const credential = {
  id: '!text',
  name: 'text',
  description: 'text',
  image: 'Image',
  awardedDate: 'instant',
  issuer: '!ProfileRef',
  validFrom: '!instant',
  validUntil: 'instant',
  endorsement: 'EndorsementCredential*',
  endorsementJwt: 'token*',
  credentialSchema: 'SchemaRef*',
  // The schema has one status; VC Data Model 2.0 §4.10 allows several (revocation beside suspension), so several are allowed here.
  credentialStatus: 'Typed*',
  refreshService: 'Typed*',
  termsOfUse: 'Typed*',
  proof: 'Typed*',
}

/** The table. */
export const badgeClasses: Readonly<Record<string, BadgeClass>> = {
  AchievementCredential: { fields: { ...credential, credentialSubject: '!AchievementSubject', evidence: 'Evidence*' } },
  EndorsementCredential: { fields: { ...credential, name: '!text', credentialSubject: '!EndorsementSubject' } },
  ClrCredential: { fields: { ...credential, name: '!text', credentialSubject: '!ClrSubject', evidence: 'Evidence*' } },
  AchievementSubject: {
    type: 'AchievementSubject',
    fields: {
      id: 'text',
      activityEndDate: 'instant',
      activityStartDate: 'instant',
      creditsEarned: 'number',
      achievement: '!Achievement',
      identifier: 'IdentityObject*',
      image: 'Image',
      licenseNumber: 'text',
      narrative: 'text',
      result: 'Result*',
      role: 'text',
      source: 'Profile',
      term: 'text',
    },
  },
  ClrSubject: {
    type: 'ClrSubject',
    fields: {
      id: 'text',
      identifier: 'IdentityObject*',
      achievement: 'Achievement*',
      association: 'Association*',
      verifiableCredential: '!object*',
    },
  },
  Association: {
    type: 'Association',
    isOpen: false,
    fields: { associationType: '!association-type', sourceId: '!text', targetId: '!text' },
  },
  EndorsementSubject: { type: 'EndorsementSubject', fields: { id: '!text', endorsementComment: 'text' } },
  Achievement: {
    type: 'Achievement',
    fields: {
      id: '!text',
      alignment: 'Alignment*',
      achievementType: 'achievement-type',
      creator: 'Profile',
      creditsAvailable: 'number',
      criteria: '!Criteria',
      description: '!text',
      endorsement: 'EndorsementCredential*',
      endorsementJwt: 'token*',
      fieldOfStudy: 'text',
      humanCode: 'text',
      image: 'Image',
      inLanguage: 'language',
      name: '!text',
      otherIdentifier: 'IdentifierEntry*',
      related: 'Related*',
      resultDescription: 'ResultDescription*',
      specialization: 'text',
      tag: 'text*',
      version: 'text',
    },
  },
  Criteria: { fields: { id: 'text', narrative: 'text' } },
  Alignment: {
    type: 'Alignment',
    fields: {
      targetCode: 'text',
      targetDescription: 'text',
      targetName: '!text',
      targetFramework: 'text',
      targetType: 'target-type',
      targetUrl: '!text',
    },
  },
  Image: { type: 'Image', isOpen: false, fields: { id: '!text', caption: 'text' } },
  IdentityObject: {
    type: 'IdentityObject',
    isOpen: false,
    fields: { hashed: '!boolean', identityHash: '!text', identityType: '!identifier-type', salt: 'text' },
  },
  IdentifierEntry: {
    type: 'IdentifierEntry',
    isOpen: false,
    fields: { identifier: '!text', identifierType: '!identifier-type' },
  },
  Evidence: {
    type: 'Evidence',
    fields: { id: 'text', narrative: 'text', name: 'text', description: 'text', genre: 'text', audience: 'text' },
  },
  Result: {
    type: 'Result',
    fields: { achievedLevel: 'text', alignment: 'Alignment*', resultDescription: 'text', status: 'result-status', value: 'text' },
  },
  ResultDescription: {
    type: 'ResultDescription',
    fields: {
      id: '!text',
      alignment: 'Alignment*',
      allowedValue: 'text*',
      name: '!text',
      requiredLevel: 'text',
      requiredValue: 'text',
      resultType: '!result-type',
      rubricCriterionLevel: 'RubricCriterionLevel*',
      valueMax: 'text',
      valueMin: 'text',
    },
  },
  RubricCriterionLevel: {
    type: 'RubricCriterionLevel',
    fields: { id: '!text', alignment: 'Alignment*', description: 'text', level: 'text', name: '!text', points: 'text' },
  },
  Related: { type: 'Related', fields: { id: '!text', inLanguage: 'language', version: 'text' } },
  Profile: {
    type: 'Profile',
    fields: {
      id: '!text',
      name: 'text',
      url: 'text',
      phone: 'text',
      description: 'text',
      endorsement: 'EndorsementCredential*',
      endorsementJwt: 'token*',
      image: 'Image',
      email: 'text',
      address: 'Address',
      otherIdentifier: 'IdentifierEntry*',
      official: 'text',
      parentOrg: 'Profile',
      familyName: 'text',
      givenName: 'text',
      additionalName: 'text',
      patronymicName: 'text',
      honorificPrefix: 'text',
      honorificSuffix: 'text',
      familyNamePrefix: 'text',
      dateOfBirth: 'date',
    },
  },
  Address: {
    type: 'Address',
    fields: {
      addressCountry: 'text',
      addressCountryCode: 'text',
      addressRegion: 'text',
      addressLocality: 'text',
      streetAddress: 'text',
      postOfficeBoxNumber: 'text',
      postalCode: 'text',
      geo: 'GeoCoordinates',
    },
  },
  GeoCoordinates: { type: 'GeoCoordinates', fields: { latitude: '!number', longitude: '!number' } },
  SchemaRef: { fields: { id: '!text', type: '!text' } },
  Typed: { fields: { type: '!text*' } },
}

function words(list: string, allowsExtension: boolean) {
  return { words: new Set(list.split('|')), allowsExtension }
}
