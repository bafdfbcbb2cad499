// The ways to look at a payload.

export type View = "tree" | "raw" | "bytes";

export const viewLabels: Record<View, string> = { tree: "Tree", raw: "Raw", bytes: "Bytes" };

/** What is looked at: what was received, or the object that was fetched for it. */
export type Subject = "received" | "object";

export const subjectLabels: Record<Subject, string> = { received: "Received", object: "Object" };

export type SubjectProps = { subject: Subject; onSubject: (subject: Subject) => void };
