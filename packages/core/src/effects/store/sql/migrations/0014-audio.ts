import type { Kysely } from "kysely";

/** What of an exchange's tokens was sound: they have prices of their own. */
export async function countAudio({ schema }: Kysely<unknown>): Promise<void> {
	await schema.alterTable("usage_records").addColumn("audio_input_tokens", "double precision").execute();
	await schema.alterTable("usage_records").addColumn("audio_output_tokens", "double precision").execute();
}
