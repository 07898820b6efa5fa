/** No event yet. */
export const noCid = '';
/** Greater than any cid: where nobody knows which there were. */
export const unknownCid = '~';

/** UUIDv7 begins with the time, so what is sent later is greater. Other ids have no order that would tell anything. */
const isTimed = (cid: string): boolean => cid.length === 36 && cid[14] === '7';

/** The greater one, where only ids that begin with a time count. */
export const greaterCid = (newest: string, cid: string): string => (cid > newest && isTimed(cid) ? cid : newest);

/** Whether a cid is certainly none of those whose greatest this is. That needs nobody's clock to be right: it is greater than all of them. */
export const isBeyond = (newest: string, cid: string): boolean => cid > newest && isTimed(cid);
