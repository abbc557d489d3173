/** The version of the package; the release script keeps it in step. */
export const version = "0.0.0";
