/** Pages of lists: where the next one is (RFC 8288). */
import type { Reply } from './operation.ts';

/** Sets `Link: <…>; rel="next"`, with the filters of this page; nothing on the last page. */
export function linkNext(
  reply: Pick<Reply, 'header'>,
  url: string,
  next_cursor: string | null,
): void {
  if (next_cursor === null) return;
  const [path, query = ''] = url.split('?', 2);
  const parameters = new URLSearchParams(query);
  parameters.set('cursor', next_cursor);
  reply.header('link', `<${path}?${parameters}>; rel="next"`);
}
