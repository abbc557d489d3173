/**
 * The tables as Kysely knows them. Times, durations and token counts are double precision: exact up to 2^53 like JavaScript's
 * own numbers, and no driver turns them into text. Text goes through `storableText` and back.
 */
export interface Database {
	readonly sessions: SessionsTable;
	readonly turns: TurnsTable;
	readonly usage_records: UsageRow;
	readonly usage_rollups: UsageRollupsTable;
	readonly organisations: OrganisationsTable;
	readonly members: MembersTable;
	readonly invitations: InvitationsTable;
	readonly projects: ProjectsTable;
	readonly virtual_keys: VirtualKeysTable;
	readonly limit_counters: LimitCountersTable;
	readonly limit_reservations: LimitReservationsTable;
	readonly users: UsersTable;
	readonly identities: IdentitiesTable;
	readonly user_sessions: UserSessionsTable;
	readonly attempt_counters: AttemptCountersTable;
	readonly audit_events: AuditEventsTable;
	readonly credentials: CredentialsTable;
	readonly idempotent_requests: IdempotentRequestsTable;
	readonly learning_states: LearningStatesTable;
	readonly model_scores: ModelScoresTable;
	readonly answer_feedback: AnswerFeedbackTable;
}

export interface SessionsTable {
	readonly id: string;
	readonly owner_id: string;
	readonly created_at: number;
	readonly updated_at: number;
	/** Also the sequence of the newest turn: raised in the transaction that adds it. */
	readonly turn_count: number;
}

export interface TurnsTable {
	readonly session_id: string;
	readonly sequence: number;
	readonly request_id: string;
	readonly model: string;
	/** JSON text, here and below: what the caller and the model said stands in no other table. */
	readonly input: string;
	readonly answer: string;
	readonly usage: string;
	readonly created_at: number;
	/** 1: out of reach, kept for the turns behind it. */
	readonly is_deleted: number;
	readonly target: string | null;
}

export interface UsageRow {
	readonly id: string;
	readonly started_at: number;
	readonly surface: string;
	readonly operation: string;
	readonly principal_id: string;
	readonly session_id: string | null;
	readonly route: string | null;
	readonly provider: string;
	readonly model: string;
	readonly streamed: number;
	readonly attempts: number;
	readonly outcome: string;
	readonly status: number;
	readonly error_code: string | null;
	readonly input_tokens: number | null;
	readonly output_tokens: number | null;
	readonly cached_input_tokens: number | null;
	readonly cache_write_tokens: number | null;
	readonly reasoning_tokens: number | null;
	readonly audio_input_tokens: number | null;
	readonly audio_output_tokens: number | null;
	readonly is_estimated: number;
	readonly first_event_ms: number | null;
	readonly duration_ms: number;
	readonly key_id: string | null;
	readonly project_id: string | null;
	readonly organisation_id: string | null;
	readonly credential: string | null;
	readonly cost_micro_usd: number | null;
	readonly price_version: string | null;
	readonly cached: string | null;
	/** JSON text. */
	readonly trace: string | null;
}

/** Beside these the sums, which are read and written as text alone. */
export interface UsageRollupsTable {
	readonly scope: string;
	/** Milliseconds since 1970: the beginning of a quarter of an hour, of an hour or of a day, as the scope says. */
	readonly bucket: number;
	readonly provider: string;
	readonly model: string;
	readonly route: string;
	readonly outcome: string;
	readonly cached: string;
}

export interface OrganisationsTable {
	readonly id: string;
	readonly name: string;
	readonly is_personal: number;
	/** JSON text, here and below. */
	readonly limits: string | null;
	readonly created_at: number;
}

export interface MembersTable {
	readonly organisation_id: string;
	readonly user_id: string;
	readonly role: string;
}

export interface InvitationsTable {
	readonly id: string;
	readonly organisation_id: string;
	readonly email: string;
	readonly role: string;
	readonly invited_by: string;
	readonly created_at: number;
	readonly expires_at: number;
	readonly token_hash: string;
}

export interface ProjectsTable {
	readonly id: string;
	readonly organisation_id: string;
	readonly name: string;
	readonly limits: string | null;
	/** JSON text. */
	readonly cache: string | null;
	readonly created_at: number;
}

export interface VirtualKeysTable {
	readonly id: string;
	readonly project_id: string;
	readonly name: string;
	readonly prefix: string;
	readonly hash: string;
	/** The secret before the last rotation, while it has a grace period. */
	readonly previous_hash: string | null;
	readonly previous_until: number | null;
	readonly scopes: string | null;
	readonly limits: string | null;
	readonly created_by: string | null;
	readonly created_at: number;
	readonly expires_at: number | null;
	readonly last_used_at: number | null;
	readonly revoked_at: number | null;
}

export interface UsersTable {
	readonly id: string;
	readonly email: string;
	readonly shown_email: string;
	readonly name: string;
	readonly password_hash: string | null;
	readonly email_verified_at: number | null;
	readonly created_at: number;
}

export interface IdentitiesTable {
	readonly provider: string;
	readonly subject: string;
	readonly user_id: string;
	readonly created_at: number | null;
	readonly removed_at: number | null;
}

export interface UserSessionsTable {
	readonly id: string;
	readonly user_id: string;
	readonly created_at: number;
	readonly expires_at: number;
	readonly revoked_at: number | null;
}

export interface AttemptCountersTable {
	readonly key: string;
	readonly failures: number;
	readonly last_at: number;
	readonly succeeded_at: number | null;
	readonly expires_at: number;
}

export interface LimitCountersTable {
	readonly party: string;
	/** JSON text; empty before anything was counted. */
	readonly counters: string;
	readonly seen_at: number;
}

export interface LimitReservationsTable {
	readonly id: string;
	/** JSON text. */
	readonly held: string;
	readonly expires_at: number;
}

export interface AuditEventsTable {
	readonly id: string;
	readonly at: number;
	readonly action: string;
	readonly actor_kind: string;
	readonly actor_id: string;
	readonly organisation_id: string | null;
	readonly project_id: string | null;
	readonly target: string | null;
	readonly remote_address: string | null;
	readonly request_id: string | null;
	/** JSON text. */
	readonly details: string | null;
}

export interface CredentialsTable {
	readonly id: string;
	/** Null: the gateway's own. */
	readonly project_id: string | null;
	readonly provider: string;
	readonly sealed: string;
	readonly masked: string;
	readonly created_by: string;
	readonly created_at: number;
	readonly updated_at: number;
}

export interface IdempotentRequestsTable {
	readonly key: string;
	readonly fingerprint: string;
	readonly owner: string;
	readonly is_done: number;
	readonly answer: string | null;
	/** While it runs: when its lease is over. */
	readonly expires_at: number;
}

export interface LearningStatesTable {
	/** A project's, or of no project; here and below. */
	readonly scope: string;
	readonly route: string;
	/** JSON text; empty while it is made. */
	readonly state: string;
}

export interface ModelScoresTable {
	readonly scope: string;
	readonly provider: string;
	readonly model: string;
	readonly score: number;
}

export interface AnswerFeedbackTable {
	readonly request_id: string;
	readonly score: number;
	readonly at: number;
}
