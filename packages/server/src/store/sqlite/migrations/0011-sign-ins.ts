/** Which program somebody has signed in with, so that they know it again in the list of their sign-ins. */
export const signInColumns = 'ALTER TABLE sessions ADD COLUMN app TEXT'
