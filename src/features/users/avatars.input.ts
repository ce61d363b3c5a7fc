// What comes from outside as a picture in the API: its bytes as base64.
import { z } from 'zod';
import { lazily } from '../../platform/api/description.ts';

/** The body that sets a picture. A data address, as browsers make them, is taken too. */
export const avatarBody = lazily(() =>
  z.object({
    image: z
      .string({ error: 'Send the picture as base64.' })
      .transform((text) => text.replace(/^data:image\/[a-z+.-]{1,20};base64,/, '').replace(/\s+/g, ''))
      .refine((text) => /^[A-Za-z0-9+/]+={0,2}$/.test(text), 'Send the picture as base64.'),
  }),
);
