// What the server and the spawn helper say to each other: one JSON object a line, over the helper's standard input
// and output. The bytes of the processes never pass here: each process is given sockets of its own.

/** Length of the line with which the helper names a data socket: one letter for the stream, then the token. */
export const GREETING_LENGTH = 33;

export type HelperRequest = StartMessage | { op: 'kill'; id: number };

export interface StartMessage {
  op: 'start';
  id: number;
  /** 32 hex digits that prove a data socket belongs to this process. */
  token: string;
  command: string;
  args: string[];
  env: Record<string, string>;
  cwd?: string;
  /** False gives the process an empty standard input. */
  stdin: boolean;
  background: boolean;
}

export type HelperReport =
  | { event: 'started'; id: number; pid: number }
  | { event: 'failed'; id: number; message: string; code?: string }
  | { event: 'exited'; id: number; code: number | null; signal: string | null; stderr: string };
