/** The request header (`true` or `1`) by which a caller asks why a target was chosen, and the header of the answer that tells, as JSON. */
export const explainHeaderName = "x-postern-explain";
export const decisionHeaderName = "x-postern-decision";
