"""The words that are stored as codes. Pure Python: the one file of models that every layer may import."""

from enum import StrEnum


class Role(StrEnum):
    """What a person does for the landlord; decides what they may see (services/policy.py)."""

    CARETAKER = "caretaker"
    AMBASSADOR = "ambassador"
    TENANCY_OFFICER = "tenancy_officer"
    ASB_OFFICER = "asb_officer"
    RESIDENT_VOICE = "resident_voice"
    SAFEGUARDING_LEAD = "safeguarding_lead"
    MANAGER = "manager"
    ADMINISTRATOR = "administrator"


class DataClass(StrEnum):
    """How sensitive a field is (security.md 2a)."""

    ESTATE = "C0"
    OPERATIONAL = "C1"
    PERSON = "C2"
    SENSITIVE = "C3"
    ENDANGERMENT = "C4"


class Merge(StrEnum):
    """How the values of a column come together when several people wrote it (docs/sync.md 8)."""

    LWW = "lww"
    GUARDED = "guarded"
    SET = "set"
    COUNTER = "counter"


class Grade(StrEnum):
    """Four grades; A is best. Each template says what each looks like."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"


class Scale(StrEnum):
    """How an item is answered."""

    GRADE = "grade"
    YES_NO = "yes_no"
    MET = "met"
    COUNT = "count"


class Subject(StrEnum):
    """What a template is walked on."""

    BLOCK = "block"
    ESTATE = "estate"
    SPACE = "space"


class InspectionStatus(StrEnum):
    """A signed inspection never changes; corrections are amendments."""

    DRAFT = "draft"
    SIGNED = "signed"
    ABANDONED = "abandoned"


class Scorer(StrEnum):
    """Who gave an answer in a joint inspection."""

    OFFICER = "officer"
    AMBASSADOR = "ambassador"


class NotScored(StrEnum):
    """Why an item has no grade; both stay outside the denominator."""

    NOT_APPLICABLE = "not_applicable"
    NOT_SEEN = "not_seen"


class DefectState(StrEnum):
    """Where a defect stands; open ones come back at the next walk."""

    OPEN = "open"
    FIXED = "fixed"


class Sighting(StrEnum):
    """What a walk found of a defect."""

    NEW = "new"
    NOT_FIXED = "not_fixed"
    WORSE = "worse"
    FIXED = "fixed"


class Priority(StrEnum):
    """The clocks of the Service Offer: R5, R6, R7."""

    EMERGENCY = "emergency"
    URGENT = "urgent"
    ROUTINE = "routine"


class RepairStatus(StrEnum):
    """The states of a repair. ``signposted``: an enquiry about what is not ours to mend; no clock runs (R1)."""

    REPORTED = "reported"
    ORDERED = "ordered"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    SIGNPOSTED = "signposted"


class Trade(StrEnum):
    """Who can mend it."""

    CLEANING = "cleaning"
    GROUNDS = "grounds"
    ELECTRICAL = "electrical"
    PLUMBING = "plumbing"
    HEATING = "heating"
    CARPENTRY = "carpentry"
    GLAZING = "glazing"
    DECORATING = "decorating"
    BUILDING = "building"
    ROOFING = "roofing"
    LIFTS = "lifts"
    DOOR_ENTRY = "door_entry"
    FIRE_SAFETY = "fire_safety"
    METALWORK = "metalwork"
    PLAY_EQUIPMENT = "play_equipment"
    PEST_CONTROL = "pest_control"
    HANDYPERSON = "handyperson"


class Responsibility(StrEnum):
    """Whose a repair is (promise R1)."""

    LANDLORD = "landlord"
    RESIDENT = "resident"
    LEASEHOLDER = "leaseholder"
    SHARED = "shared"


class Cause(StrEnum):
    """How something came to be broken."""

    WEAR = "wear"
    ACCIDENT = "accident"
    MISUSE = "misuse"
    CRIME = "crime"
    OWN = "own"
    UNKNOWN = "unknown"


class TenancyKind(StrEnum):
    """How a home is held."""

    STARTER = "starter"
    ASSURED = "assured"
    SECURE = "secure"
    LEASEHOLD = "leasehold"
    SHARED_OWNERSHIP = "shared_ownership"


class ConflictKind(StrEnum):
    """What happened at once; ``parallel`` is for information, the others ask for a decision."""

    CLASH = "clash"
    GUARDED = "guarded"
    DELETED = "deleted"
    PARALLEL = "parallel"


class ConflictState(StrEnum):
    """What became of the value that is not shown."""

    OPEN = "open"
    KEPT = "kept"
    RESTORED = "restored"
    MERGED = "merged"


class CaseKind(StrEnum):
    """Why a case is need-to-know."""

    DOMESTIC_ABUSE = "domestic_abuse"
    SAFEGUARDING = "safeguarding"
    HATE_INCIDENT = "hate_incident"
    ASB = "asb"


class CaseStatus(StrEnum):
    """Where a restricted case stands."""

    OPEN = "open"
    MONITORING = "monitoring"
    CLOSED = "closed"


class Waiting(StrEnum):
    """What keeps an open repair from being done."""

    ACCESS = "access"
    PARTS = "parts"
    APPROVAL = "approval"
    RESIDENT = "resident"


class Channel(StrEnum):
    """How a resident was told something, or reached."""

    PHONE = "phone"
    TEXT = "text"
    EMAIL = "email"
    LETTER = "letter"
    IN_PERSON = "in_person"
    DOOR = "door"
    CARD = "card"


class Specialism(StrEnum):
    """Work that only a registered or licensed firm may do, and that makes its own appointments (R10)."""

    GAS = "gas"
    ASBESTOS = "asbestos"
    FIRE = "fire"
    LIFTS = "lifts"
    ELECTRICAL = "electrical"


class JobKind(StrEnum):
    """Why a contractor was sent: the first order, to make safe, a follow-on, or the same fault again."""

    ORDER = "order"
    MAKE_SAFE = "make_safe"
    FOLLOW_ON = "follow_on"
    RECALL = "recall"


class JobStatus(StrEnum):
    """Where an order to a contractor stands."""

    ORDERED = "ordered"
    ACCEPTED = "accepted"
    DONE = "done"
    CANCELLED = "cancelled"


class Slot(StrEnum):
    """The part of a day that was offered for an appointment."""

    MORNING = "morning"
    AFTERNOON = "afternoon"
    SCHOOL_RUN = "school_run"
    EVENING = "evening"
    ALL_DAY = "all_day"


class AppointmentStatus(StrEnum):
    """What became of an appointment."""

    BOOKED = "booked"
    KEPT = "kept"
    NO_ACCESS = "no_access"
    MISSED = "missed"
    CANCELLED = "cancelled"


class HazardLevel(StrEnum):
    """What the named competent person found (SI 2025/1042)."""

    EMERGENCY = "emergency"
    SIGNIFICANT = "significant"
    NONE = "none"


class HazardStatus(StrEnum):
    """Where a hazard case stands; what it still owes is told by its clocks."""

    OPEN = "open"
    INVESTIGATED = "investigated"
    SAFE = "safe"
    CLOSED = "closed"


class HazardStepKind(StrEnum):
    """One entry of a hazard case's log of endeavours."""

    TOLD = "told"
    CONTACT = "contact"
    ACCESS_ATTEMPT = "access_attempt"
    INVESTIGATION = "investigation"
    ASKED_IN_PERSON = "asked_in_person"
    SUMMARY = "summary"
    SAFETY_WORK = "safety_work"
    PREVENTION = "prevention"
    OFFER = "offer"
    OFFER_ANSWER = "offer_answer"
    NOTE = "note"


class AdaptationKind(StrEnum):
    """How large an adaptation is, and who has to assess it."""

    MINOR = "minor"
    MAJOR = "major"
    OT = "ot"


class AdaptationStatus(StrEnum):
    """Where a request for an aid or adaptation stands (R8)."""

    REQUESTED = "requested"
    ASSESSED = "assessed"
    APPROVED = "approved"
    DECLINED = "declined"
    FITTED = "fitted"
    REVIEWED = "reviewed"
    WITHDRAWN = "withdrawn"


class ProgrammeStatus(StrEnum):
    """Where planned works stand (R9)."""

    PLANNED = "planned"
    CONSULTING = "consulting"
    STARTED = "started"
    FINISHED = "finished"
    CANCELLED = "cancelled"


class ResponseKind(StrEnum):
    """What a household answered when it was consulted."""

    AGREES = "agrees"
    CONCERN = "concern"
    OBJECTS = "objects"
    ASKS = "asks"


class VisitKind(StrEnum):
    """Why a home is visited (H2, T1)."""

    WELLBEING = "wellbeing"
    STARTER = "starter"
    SETTLING_IN = "settling_in"
    REQUESTED = "requested"
    FOLLOW_UP = "follow_up"


class VisitStatus(StrEnum):
    """Where a visit stands; an attempt at the door leaves it planned."""

    PLANNED = "planned"
    UNDER_WAY = "under_way"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class ReviewStage(StrEnum):
    """The reviews of a starter tenancy, and its decision (T1)."""

    WEEK_6 = "week_6"
    MONTH_3 = "month_3"
    MONTH_6 = "month_6"
    MONTH_9 = "month_9"
    DECISION = "decision"


class ReviewOutcome(StrEnum):
    """What a review of a starter tenancy came to."""

    FINE = "fine"
    CONCERN = "concern"
    CONVERT = "convert"
    EXTEND = "extend"
    END = "end"


class FollowUpKind(StrEnum):
    """What a visit found that becomes a record of its own."""

    REPAIR = "repair"
    HAZARD = "hazard"
    ADAPTATION = "adaptation"
    REFERRAL = "referral"
    SAFEGUARDING = "safeguarding"
    ASB = "asb"
    CONTACT = "contact"
    OTHER = "other"
