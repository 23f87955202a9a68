namespace UniM2Rec.Catalogue;

/// <summary>Rules for pictures' paths.</summary>
internal static class ImagePath
{
    /// <summary>Whether a relative path stays inside the folder that it starts from; "" does.</summary>
    public static bool IsInside(string path)
    {
        if (path.Length == 0)
            return true;
        // Backslashes and drive letters would be harmless names on one system and a way out on another.
        if (path[0] is '/' or '\\' || path.Contains('\0') || (path.Length > 1 && path[1] == ':'))
            return false;
        int depth = 0;
        foreach (string part in path.Split('/', '\\'))
        {
            depth += part switch { "" or "." => 0, ".." => -1, _ => 1 };
            if (depth < 0)
                return false;
        }
        return depth > 0;
    }
}
