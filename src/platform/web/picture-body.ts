// The body by which the API is sent a picture, of a person or of an organization.
import { z } from 'zod';
import { lazily } from '../api/description.ts';

/** A picture as base64. A data address, as browsers make them, is taken too. */
export const pictureBody = lazily(() =>
  z.object({
    image: z
      .string({ error: 'Send the picture as base64.' })
      .transform((text) => text.replace(/^data:image\/[a-z+.-]{1,20};base64,/, '').replace(/\s+/g, ''))
      .refine((text) => /^[A-Za-z0-9+/]+={0,2}$/.test(text), 'Send the picture as base64.'),
  }),
);
